import type { QueueConfigChange, QueueName } from 'pgque';

/** Of a queue, beside its name. */
export interface QueueOptions {
  /** Whether the queue is made where it is missing, before anything is sent to it; its settings say yes. @default false */
  readonly create?: boolean | QueueConfigChange;
}

/** Which queue, and of which connection. */
export interface QueueRegistration<Queue extends QueueName = QueueName> extends QueueOptions {
  /** A name, or what `defineQueue` made. */
  readonly queue: Queue;
  /** Name of the connection. @default 'default' */
  readonly connection?: string;
}

/** What `useClass` and `useExisting` of `registerQueueAsync` implement. */
export interface QueueOptionsFactory {
  createQueueOptions(): QueueOptions | Promise<QueueOptions>;
}
