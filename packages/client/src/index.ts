// For applications.
export type { BatchConditions, BatchEvent, BatchInfo, BatchWindow } from './batch.ts';
export type { Client } from './client.ts';
export type { ClientOptions } from './client-options.ts';
export { connect } from './connect.ts';
export type { ConnectOptions } from './connect-options.ts';
export { createClient } from './create-client.ts';
export type { DeadLetter, ReplayResult } from './dead-letter.ts';
export type { EngineVersion } from './engine-file.ts';
// For other libraries.
export { type EngineErrorCode, engineErrorCodes } from './error-codes.generated.ts';
export { ClientClosedError, ConnectionError, QueryTimeoutError } from './errors/connection-errors.ts';
export {
  BatchNotFoundError,
  BatchOpenError,
  ConsumerIsCooperativeError,
  ConsumerIsNormalError,
  ConsumerNotRegisteredError,
  ConsumersAttachedError,
  DeadLetterNotFoundError,
  InsertDisallowedError,
  InvalidArgumentError,
  InvalidQueueConfigError,
  InvalidQueueNameError,
  InvalidTriggerError,
  IsolationNotSupportedError,
  MessageNotFoundError,
  NewerVersionInstalledError,
  PgCronNotInstalledError,
  PositionNotHeldError,
  QueueNotFoundError,
  RebaseNeededError,
  RetriesPendingError,
  StateMissingError,
  TickNotAllowedError,
  TickOutOfOrderError,
  TransactionNotSupportedError,
} from './errors/engine-errors.ts';
export { isRetryable } from './errors/is-retryable.ts';
export { InvalidPayloadError } from './errors/payload-errors.ts';
export { PgqueError, type PgqueErrorCode } from './errors/pgque-error.ts';
export {
  EngineNotInstalledError,
  PermissionDeniedError,
  SerializationError,
  TransactionAbortedError,
  TransactionEndedError,
} from './errors/transaction-errors.ts';
export type { BatchedEvent, DelayedEvent, Event } from './event.ts';
export type { ExecuteOptions, Executor, Parameter, Queryable, Row, TransactionExecutor } from './executor/executor.ts';
export type { PgQueryable, PgResult, PgStatement } from './executor/pg-queryable.ts';
export { type Headers, headersOf } from './headers.ts';
export type { HealthFinding, Metric } from './health.ts';
export {
  type Installation,
  type InstallOptions,
  type InstallTarget,
  install,
  migrate,
  plan,
} from './install.ts';
export type { Attempt, AttemptResult, Batch, Instrumentation, Sending, Settlement } from './instrumentation.ts';
export { consoleLogger, type Logger } from './logger.ts';
export type { Message, Nack, NackOptions } from './message.ts';
export type { UnsubscribeOptions } from './operations/consuming-operations.ts';
export type { DeadLetters, PurgeOptions } from './operations/dead-letters.ts';
export type { DropQueueOptions } from './operations/operating-operations.ts';
export type { Operations } from './operations/operations.ts';
export type { Page, PagesOptions } from './pages.ts';
export { doorbellChannel, type PendingTicks } from './pending-ticks.ts';
export type { QueueConfig, QueueConfigChange } from './queue-config.ts';
export type { ComponentStatus, ConsumerInfo, QueueInfo } from './queue-info.ts';
export type { Subscription } from './session/listener.ts';
export { openSession, type Session } from './session/session.ts';
export type { ConsumerStats, OpenBatch, QueueStats, StuckConsumer, ThroughputBucket } from './stats.ts';
export type { Transaction } from './transaction.ts';
export type { Issue } from './typed/issues.ts';
export {
  defineQueue,
  type EventSchemas,
  type EventType,
  nameOf,
  type QueueDefinition,
  type QueueName,
  type Validation,
} from './typed/queue-definition.ts';
export type { PayloadInput, TypedBatchedEvent, TypedDelayedEvent, TypedEvent } from './typed/typed-event.ts';
export { type PayloadOutput, parseMessage, type TypedMessage } from './typed/typed-message.ts';
