// Generated from sql/errors.json by scripts/generate-error-codes.ts.

/** The SQLSTATEs of the engine, by the name that `PgqueError.code` has for them. */
export const engineErrorCodes = {
  /** No queue has this name. */
  queue_not_found: 'QU001',
  /** This consumer has no subscription to the queue. */
  consumer_not_registered: 'QU002',
  /** The batch id is unknown, or the batch is no longer open. */
  batch_not_found: 'QU003',
  /** The batch does not contain this message. */
  message_not_found: 'QU004',
  /** A parameter is NULL or out of range. */
  invalid_argument: 'QU005',
  /** The queue has subscriptions and drop_queue was called without force. */
  consumers_attached: 'QU006',
  /** The queue's setting disable_insert is on. */
  insert_disallowed: 'QU007',
  /** The queue name is empty or longer than 57 bytes. */
  invalid_queue_name: 'QU008',
  /** There is no such dead letter, or another session replayed or purged it. */
  dead_letter_not_found: 'QU009',
  /** start() needs pg_cron. */
  pg_cron_not_installed: 'QU010',
  /** unsubscribe would throw away retries that are not yet due. */
  retries_pending: 'QU011',
  /** set_queue_config was given an unknown setting or a value out of range. */
  invalid_queue_config: 'QU012',
  /** The function must see the newest commits and cannot run in REPEATABLE READ or SERIALIZABLE. */
  isolation_not_supported: 'QU013',
  /** The queue is paused or has an external ticker (or has none, where one is needed). */
  tick_not_allowed: 'QU014',
  /** An external tick is not newer than the last one. */
  tick_out_of_order: 'QU015',
  /** The database was restored from a dump that was taken while the logs rotated. */
  state_missing: 'QU016',
  /** The procedure commits as it goes, and must be called in autocommit. */
  transaction_not_supported: 'QU022',
  /** A consumer with members, or a member, was used as a normal consumer. */
  consumer_is_cooperative: 'QU017',
  /** A normal consumer was used as a cooperative one without being converted, or it has an open batch. */
  consumer_is_normal: 'QU018',
  /** The call needs a consumer or member without an open batch. */
  batch_open: 'QU019',
  /** A capture trigger has wrong arguments, or fires where it cannot do its work. */
  invalid_trigger: 'QU020',
  /** The tick or time is older than what is kept, or not there yet; the oldest possible position is in DETAIL. */
  position_not_held: 'QU021',
  /** The database was restored into a cluster that has not come as far as the ids that are stored; rebase() repairs it. */
  rebase_needed: 'QU023',
  /** The file is older than the install that it was run over. */
  newer_version_installed: 'QU024',
} as const;

/** A condition that the engine raises with a SQLSTATE of its own. */
export type EngineErrorCode = keyof typeof engineErrorCodes;
