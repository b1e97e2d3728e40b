import type { EngineErrorCode } from '../error-codes.generated.ts';

/**
 * What went wrong, for code: a name of the engine's registry, or one of these.
 *
 * - `connection_failed`: no connection could be opened or had in time;
 * - `connection_lost`: the connection broke while it was used; whether the statement took effect is not known;
 * - `query_timeout`: no answer within `queryTimeoutMs`; whether the statement took effect is not known;
 * - `client_closed`: the client was closed before or meanwhile;
 * - `serialization_failure`, `deadlock_detected`: the transaction was rolled back, run it again;
 * - `transaction_aborted`: a statement had failed before, so that the commit rolled back;
 * - `transaction_ended`: a transaction object was used after its end;
 * - `permission_denied`: the role lacks a grant;
 * - `engine_not_installed`: the database has no schema pgque;
 * - `invalid_payload`: the payload is not what the definition of the queue says;
 * - `database_error`: anything else the server says; see `sqlstate`.
 */
export type PgqueErrorCode =
  | EngineErrorCode
  | 'connection_failed'
  | 'connection_lost'
  | 'query_timeout'
  | 'client_closed'
  | 'serialization_failure'
  | 'deadlock_detected'
  | 'transaction_aborted'
  | 'transaction_ended'
  | 'permission_denied'
  | 'engine_not_installed'
  | 'invalid_payload'
  | 'database_error';

export interface PgqueErrorOptions {
  readonly sqlstate?: string | undefined;
  readonly detail?: string | undefined;
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

const brand = Symbol.for('pgque.error');

/**
 * Every error of this package. `code` says what went wrong; the message is for people and may change. `instanceof` works
 * across two copies of the package: it looks at a mark and at `code`.
 */
export class PgqueError extends Error {
  /** The codes that make an error an instance of this class; all for the base. */
  static readonly codes: readonly PgqueErrorCode[] | undefined = undefined;

  override readonly name: string = 'PgqueError';
  readonly code: PgqueErrorCode;
  /** As the server sent it; `undefined` when the error did not come from the server. */
  readonly sqlstate: string | undefined;
  /** The identifiers that the error is about, as the server sent them. */
  readonly detail: string | undefined;
  /** Advice of the server. */
  readonly hint: string | undefined;

  constructor(code: PgqueErrorCode, message: string, options: PgqueErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.sqlstate = options.sqlstate;
    this.detail = options.detail;
    this.hint = options.hint;
    Object.defineProperty(this, brand, { value: true });
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: the class to the right of instanceof, which may be a derived one
    return isInstance(this, value);
  }
}

function isInstance(Class: typeof PgqueError, value: unknown): boolean {
  // A class that somebody derived from ours has no codes of its own: there the prototype decides.
  if (!Object.hasOwn(Class, 'codes')) return Function.prototype[Symbol.hasInstance].call(Class, value);
  if (typeof value !== 'object' || value === null || !(brand in value)) return false;
  const { code } = value as unknown as PgqueError;
  return Class.codes === undefined || Class.codes.includes(code);
}
