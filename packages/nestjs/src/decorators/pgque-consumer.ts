import { Injectable, type Scope, SetMetadata } from '@nestjs/common';
import type { ConsumerOptions, Mode } from '@pgque/consumer';
import type { QueueName } from 'pgque';
import { consumerKey, entryProviderKey } from './metadata.ts';

/** Those of `createConsumer`, and where the class belongs. */
export interface PgqueConsumerOptions extends ConsumerOptions<QueueName, Mode> {
  /** Name of the connection. @default 'default' */
  readonly connection?: string;
  /** `Scope.REQUEST`: an instance for each message. @default one for all, unless something that it needs is per message */
  readonly scope?: Scope;
  /** Whether the instance serves all messages that the strategy of `ContextIdFactory` puts together. @default false */
  readonly durable?: boolean;
}

/** A class whose methods are the handlers of a consumer. Several classes may share one; one of them has its options. */
export function PgqueConsumer(options: PgqueConsumerOptions): ClassDecorator {
  const { scope, durable, ...consumer } = options;
  return (target) => {
    if (scope !== undefined || durable !== undefined) {
      Injectable({ ...(scope !== undefined && { scope }), ...(durable !== undefined && { durable }) })(target);
    }
    SetMetadata(consumerKey, consumer)(target);
    // So global enhancers of request scope make the class one of request scope, as they do with controllers.
    SetMetadata(entryProviderKey, true)(target);
  };
}
