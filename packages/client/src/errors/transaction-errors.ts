import { PgqueError, type PgqueErrorCode, type PgqueErrorOptions } from './pgque-error.ts';

/** The server rolled the transaction back because of another one, by a conflict or a deadlock. Run it again. */
export class SerializationError extends PgqueError {
  static override readonly codes: readonly PgqueErrorCode[] = ['serialization_failure', 'deadlock_detected'];
  override readonly name = 'SerializationError';
}

/** A statement of the transaction had failed and its error was swallowed: the commit rolled back. */
export class TransactionAbortedError extends PgqueError {
  static override readonly codes: readonly PgqueErrorCode[] = ['transaction_aborted'];
  override readonly name = 'TransactionAbortedError';

  constructor(options: PgqueErrorOptions = {}) {
    super('transaction_aborted', 'what was done was rolled back, because a statement had failed', options);
  }
}

/** A transaction was used after its callback had returned. */
export class TransactionEndedError extends PgqueError {
  static override readonly codes: readonly PgqueErrorCode[] = ['transaction_ended'];
  override readonly name = 'TransactionEndedError';

  constructor(options: PgqueErrorOptions = {}) {
    super('transaction_ended', 'the transaction has ended', options);
  }
}

/** The role of this connection lacks a grant; see the roles pgque_reader, pgque_writer and pgque_admin. */
export class PermissionDeniedError extends PgqueError {
  static override readonly codes: readonly PgqueErrorCode[] = ['permission_denied'];
  override readonly name = 'PermissionDeniedError';
}

/** The database has no schema pgque: run `install(client)` once. */
export class EngineNotInstalledError extends PgqueError {
  static override readonly codes: readonly PgqueErrorCode[] = ['engine_not_installed'];
  override readonly name = 'EngineNotInstalledError';
}
