import type { ConfigurableModuleAsyncOptions, DynamicModule } from '@nestjs/common';
import type { QueueName } from 'pgque';
import { PgqueConnectionModule } from './connection/pgque-connection-module.ts';
import type { PgqueOptions } from './connection/pgque-options.ts';
import { PgqueQueueModule } from './queue/pgque-queue-module.ts';
import type { QueueOptions, QueueRegistration } from './queue/queue-options.ts';

/** Of `forRootAsync`: `useFactory` with `inject`, `useClass` or `useExisting`, and what cannot come out of a factory. */
export interface PgqueAsyncOptions extends ConfigurableModuleAsyncOptions<PgqueOptions, 'createPgqueOptions'> {
  /** Of the connection. @default 'default' */
  readonly name?: string;
}

/** Of `registerQueueAsync`. */
export interface QueueAsyncOptions
  extends ConfigurableModuleAsyncOptions<QueueOptions, 'createQueueOptions'>,
    Pick<QueueRegistration, 'queue' | 'connection'> {}

/** Connects an application to PgQue: `forRoot` once for each connection, `registerQueue` where a queue is sent to. */
// biome-ignore lint/complexity/noStaticOnlyClass: what a module of Nest is
export class PgqueModule {
  /** A connection, for all modules. Those of several connections have names. */
  static forRoot(options: PgqueOptions & { readonly name?: string }): DynamicModule {
    return PgqueConnectionModule.forRoot(options);
  }

  /** The same with options that a factory makes. The name stands beside it. */
  static forRootAsync(options: PgqueAsyncOptions): DynamicModule {
    return PgqueConnectionModule.forRootAsync(options);
  }

  /** Queues to inject with `@InjectQueue()`, for the modules that import this. They must exist, or be made here. */
  static registerQueue(...queues: (QueueName | QueueRegistration)[]): DynamicModule {
    const modules = queues.map((queue) => PgqueQueueModule.register(isRegistration(queue) ? queue : { queue }));
    return { module: PgqueModule, imports: modules, exports: modules };
  }

  /** The same with options that a factory makes. */
  static registerQueueAsync(...queues: QueueAsyncOptions[]): DynamicModule {
    const modules = queues.map((queue) => PgqueQueueModule.registerAsync(queue));
    return { module: PgqueModule, imports: modules, exports: modules };
  }
}

function isRegistration(queue: QueueName | QueueRegistration): queue is QueueRegistration {
  return typeof queue === 'object' && 'queue' in queue;
}
