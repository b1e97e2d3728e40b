import type { BatchHandlerOptions } from '@pgque/consumer';
import type { QueueDefinition } from 'pgque';

export const consumerKey = Symbol.for('@pgque/nestjs:consumer');
export const handlersKey = Symbol.for('@pgque/nestjs:handlers');
/** Under which a handler says that pipes get the payload; a text, because Nest wants one. */
export const payloadKey = '@pgque/nestjs:payload';
/** What Nest looks at to find classes that are called from outside. */
export const entryProviderKey = '__entryProvider__';

/** What a method handles; it may have several. */
export interface HandlerMetadata {
  readonly kind: 'single' | 'batch';
  readonly type: string;
  /** The definition in the decorator, if there is one: the class must be of that queue. */
  readonly queue: QueueDefinition | undefined;
  readonly options: BatchHandlerOptions;
}
