import { type EngineErrorCode, engineErrorCodes } from '../error-codes.generated.ts';
import { ConnectionError } from './connection-errors.ts';
import * as engine from './engine-errors.ts';
import { PgqueError, type PgqueErrorCode, type PgqueErrorOptions } from './pgque-error.ts';
import { EngineNotInstalledError, PermissionDeniedError, SerializationError } from './transaction-errors.ts';

type ErrorClass = new (code: PgqueErrorCode, message: string, options: PgqueErrorOptions) => PgqueError;

const engineClasses: Readonly<Record<EngineErrorCode, ErrorClass>> = {
  queue_not_found: engine.QueueNotFoundError,
  consumer_not_registered: engine.ConsumerNotRegisteredError,
  batch_not_found: engine.BatchNotFoundError,
  message_not_found: engine.MessageNotFoundError,
  invalid_argument: engine.InvalidArgumentError,
  consumers_attached: engine.ConsumersAttachedError,
  insert_disallowed: engine.InsertDisallowedError,
  invalid_queue_name: engine.InvalidQueueNameError,
  dead_letter_not_found: engine.DeadLetterNotFoundError,
  pg_cron_not_installed: engine.PgCronNotInstalledError,
  retries_pending: engine.RetriesPendingError,
  invalid_queue_config: engine.InvalidQueueConfigError,
  isolation_not_supported: engine.IsolationNotSupportedError,
  tick_not_allowed: engine.TickNotAllowedError,
  tick_out_of_order: engine.TickOutOfOrderError,
  state_missing: engine.StateMissingError,
  consumer_is_cooperative: engine.ConsumerIsCooperativeError,
  consumer_is_normal: engine.ConsumerIsNormalError,
  batch_open: engine.BatchOpenError,
  position_not_held: engine.PositionNotHeldError,
  invalid_trigger: engine.InvalidTriggerError,
  transaction_not_supported: engine.TransactionNotSupportedError,
  rebase_needed: engine.RebaseNeededError,
  newer_version_installed: engine.NewerVersionInstalledError,
};

const bySqlstate = new Map<string, readonly [PgqueErrorCode, ErrorClass]>([
  ...Object.entries(engineErrorCodes).map(
    ([name, sqlstate]) => [sqlstate, [name as EngineErrorCode, engineClasses[name as EngineErrorCode]]] as const,
  ),
  ['40001', ['serialization_failure', SerializationError]],
  ['40P01', ['deadlock_detected', SerializationError]],
  // PostgreSQL's word for the same: a commit inside a transaction block.
  ['2D000', ['transaction_not_supported', engine.TransactionNotSupportedError]],
  ['42501', ['permission_denied', PermissionDeniedError]],
  ['3F000', ['engine_not_installed', EngineNotInstalledError]],
  // Sent as the last word on a connection: by a shutdown, a crash, or a time limit of the session.
  ...['57P01', '57P02', '57P05', '25P03', '25P04'].map(
    (sqlstate) => [sqlstate, ['connection_lost', ConnectionError]] as const,
  ),
  // The server takes no connection: it starts or stops, has no place left, or does not know the database.
  ...['57P03', '53300', '3D000'].map((sqlstate) => [sqlstate, ['connection_failed', ConnectionError]] as const),
]);

/** What the server sends with an error, as drivers hand it on. */
export interface ServerError {
  readonly message: string;
  readonly code: string;
  readonly detail?: string | undefined;
  readonly hint?: string | undefined;
}

/**
 * Turns what a driver threw into an error of this package, by these rules:
 *
 * - an error of this package stays what it is;
 * - an error of the server is told by its SQLSTATE, also when another error carries it as its cause;
 * - anything else comes from the connection.
 */
export function fromDriverError(error: unknown, fallback: 'connection_failed' | 'connection_lost'): PgqueError {
  if (error instanceof PgqueError) return error;
  const server = findServerError(error);
  if (server) return fromServerError(server, error);
  return new ConnectionError(fallback, describe(error, fallback), { cause: error });
}

/** The error for what the server said; the cause is what the driver, or the library above it, threw. */
export function fromServerError({ code: sqlstate, message, detail, hint }: ServerError, cause: unknown): PgqueError {
  const [code, Class] = lookUp(sqlstate);
  return new Class(code, message, { sqlstate, detail, hint, cause });
}

function lookUp(sqlstate: string): readonly [PgqueErrorCode, ErrorClass] {
  const known = bySqlstate.get(sqlstate);
  if (known) return known;
  if (sqlstate.startsWith('28')) return ['connection_failed', ConnectionError];
  if (sqlstate.startsWith('08')) return ['connection_lost', ConnectionError];
  return ['database_error', PgqueError];
}

/** ORMs wrap the error of their driver; a system error such as EPIPE has a code as well, but no severity. */
function findServerError(error: unknown): ServerError | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    const { code, severity } = at as { code?: unknown; severity?: unknown };
    if (typeof code === 'string' && code.length === 5 && typeof severity === 'string') return at as Error & ServerError;
  }
  return undefined;
}

function describe(error: unknown, fallback: 'connection_failed' | 'connection_lost'): string {
  const sentence = fallback === 'connection_failed' ? 'could not connect to the server' : 'the connection was lost';
  const reason = reasonOf(error);
  return reason === '' ? sentence : `${sentence}: ${reason}`;
}

/** Where a name has several addresses, Node reports one error for each, under an error without a message. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(reasonOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}
