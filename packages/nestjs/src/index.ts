// For applications.
export type { PgqueOptions, PgqueOptionsFactory, Role } from './connection/pgque-options.ts';
export { InjectPgque } from './decorators/inject-pgque.ts';
export { InjectQueue } from './decorators/inject-queue.ts';
export { PgqueBatchHandler } from './decorators/pgque-batch-handler.ts';
export { PgqueConsumer, type PgqueConsumerOptions } from './decorators/pgque-consumer.ts';
export { type HandlerDecorator, PgqueHandler } from './decorators/pgque-handler.ts';
export { getPgqueContext, isPgqueContext, type PgqueContext } from './handling/pgque-context.ts';
export type { ConnectionHealth } from './health/connection-health.ts';
export { type HealthCheckOptions, type PgqueHealth, PgqueHealthIndicator } from './health/pgque-health-indicator.ts';
export { type PgqueAsyncOptions, PgqueModule, type QueueAsyncOptions } from './pgque-module.ts';
export { PgqueModuleError, type PgqueModuleErrorCode } from './pgque-module-error.ts';
export {
  type BatchedEventOf,
  type DelayedEventOf,
  type EventOf,
  PgqueQueue,
  type TransactionLike,
} from './queue/pgque-queue.ts';
export type { QueueOptions, QueueOptionsFactory, QueueRegistration } from './queue/queue-options.ts';
// For tests and other libraries.
export { getPgqueToken, getQueueToken } from './tokens.ts';
