import { PgqueError, type PgqueErrorCode } from './pgque-error.ts';

/** No queue has this name. */
export class QueueNotFoundError extends PgqueError {
  static override readonly codes: readonly PgqueErrorCode[] = ['queue_not_found'];
  override readonly name = 'QueueNotFoundError';
}

/** The consumer has no subscription to the queue. */
export class ConsumerNotRegisteredError extends PgqueError {
  static override readonly codes: readonly PgqueErrorCode[] = ['consumer_not_registered'];
  override readonly name = 'ConsumerNotRegisteredError';
}

/** The batch id is unknown, or the batch is no longer open. */
export class BatchNotFoundError extends PgqueError {
  static override readonly codes: readonly PgqueErrorCode[] = ['batch_not_found'];
  override readonly name = 'BatchNotFoundError';
}

/** The batch does not contain the message. */
export class MessageNotFoundError extends PgqueError {
  static override readonly codes: readonly PgqueErrorCode[] = ['message_not_found'];
  override readonly name = 'MessageNotFoundError';
}

/** An argument is missing, out of range, or cannot be stored; raised by the engine or before it was asked. */
export class InvalidArgumentError extends PgqueError {
  static override readonly codes: readonly PgqueErrorCode[] = ['invalid_argument'];
  override readonly name = 'InvalidArgumentError';
}

/** The queue has subscriptions, and `dropQueue` was called without `force`. */
export class ConsumersAttachedError extends PgqueError {
  static override readonly codes: readonly PgqueErrorCode[] = ['consumers_attached'];
  override readonly name = 'ConsumersAttachedError';
}

/** The setting `disableInsert` of the queue is on. */
export class InsertDisallowedError extends PgqueError {
  static override readonly codes: readonly PgqueErrorCode[] = ['insert_disallowed'];
  override readonly name = 'InsertDisallowedError';
}

/** The queue name is empty or too long. */
export class InvalidQueueNameError extends PgqueError {
  static override readonly codes: readonly PgqueErrorCode[] = ['invalid_queue_name'];
  override readonly name = 'InvalidQueueNameError';
}

/** There is no such dead letter, or another session replayed or purged it. */
export class DeadLetterNotFoundError extends PgqueError {
  static override readonly codes: readonly PgqueErrorCode[] = ['dead_letter_not_found'];
  override readonly name = 'DeadLetterNotFoundError';
}

/** The database has no pg_cron. */
export class PgCronNotInstalledError extends PgqueError {
  static override readonly codes: readonly PgqueErrorCode[] = ['pg_cron_not_installed'];
  override readonly name = 'PgCronNotInstalledError';
}

/** `unsubscribe` would throw away retries that are not yet due. */
export class RetriesPendingError extends PgqueError {
  static override readonly codes: readonly PgqueErrorCode[] = ['retries_pending'];
  override readonly name = 'RetriesPendingError';
}

/** The queue has no such setting, or the value is out of range. */
export class InvalidQueueConfigError extends PgqueError {
  static override readonly codes: readonly PgqueErrorCode[] = ['invalid_queue_config'];
  override readonly name = 'InvalidQueueConfigError';
}

/** The function must see the newest commits and cannot run in REPEATABLE READ or SERIALIZABLE. */
export class IsolationNotSupportedError extends PgqueError {
  static override readonly codes: readonly PgqueErrorCode[] = ['isolation_not_supported'];
  override readonly name = 'IsolationNotSupportedError';
}

/** The queue is paused or has an external ticker, or has none where one is needed. */
export class TickNotAllowedError extends PgqueError {
  static override readonly codes: readonly PgqueErrorCode[] = ['tick_not_allowed'];
  override readonly name = 'TickNotAllowedError';
}

/** An external tick is not newer than the last one. */
export class TickOutOfOrderError extends PgqueError {
  static override readonly codes: readonly PgqueErrorCode[] = ['tick_out_of_order'];
  override readonly name = 'TickOutOfOrderError';
}

/** `tickerLoop` commits as it goes, and cannot run inside a transaction. */
export class TransactionNotSupportedError extends PgqueError {
  static override readonly codes: readonly PgqueErrorCode[] = ['transaction_not_supported'];
  override readonly name = 'TransactionNotSupportedError';
}

/** The database was restored from a dump that was taken while the logs rotated; `rebase()` repairs it. */
export class StateMissingError extends PgqueError {
  static override readonly codes: readonly PgqueErrorCode[] = ['state_missing'];
  override readonly name = 'StateMissingError';
}

/** A consumer with members, or a member, was used as a normal consumer. */
export class ConsumerIsCooperativeError extends PgqueError {
  static override readonly codes: readonly PgqueErrorCode[] = ['consumer_is_cooperative'];
  override readonly name = 'ConsumerIsCooperativeError';
}

/** A normal consumer was used as a cooperative one without being converted. */
export class ConsumerIsNormalError extends PgqueError {
  static override readonly codes: readonly PgqueErrorCode[] = ['consumer_is_normal'];
  override readonly name = 'ConsumerIsNormalError';
}

/** The call needs a consumer or member without an open batch. */
export class BatchOpenError extends PgqueError {
  static override readonly codes: readonly PgqueErrorCode[] = ['batch_open'];
  override readonly name = 'BatchOpenError';
}

/** A capture trigger has wrong arguments, or fires where it cannot do its work. */
export class InvalidTriggerError extends PgqueError {
  static override readonly codes: readonly PgqueErrorCode[] = ['invalid_trigger'];
  override readonly name = 'InvalidTriggerError';
}

/** The position is older than what is kept, or not there yet; `detail` has the oldest possible one. */
export class PositionNotHeldError extends PgqueError {
  static override readonly codes: readonly PgqueErrorCode[] = ['position_not_held'];
  override readonly name = 'PositionNotHeldError';
}

/** The database was restored into another cluster, and `rebase()` has to come first. */
export class RebaseNeededError extends PgqueError {
  static override readonly codes: readonly PgqueErrorCode[] = ['rebase_needed'];
  override readonly name = 'RebaseNeededError';
}

/** `install()` had an older file than what is installed; `detail` has both versions. */
export class NewerVersionInstalledError extends PgqueError {
  static override readonly codes: readonly PgqueErrorCode[] = ['newer_version_installed'];
  override readonly name = 'NewerVersionInstalledError';
}
