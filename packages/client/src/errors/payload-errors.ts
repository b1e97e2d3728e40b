import type { Issue } from '../typed/issues.ts';
import { PgqueError, type PgqueErrorCode, type PgqueErrorOptions } from './pgque-error.ts';

/** The payload of an event is not what the definition of its queue says; nothing was sent. */
export class InvalidPayloadError extends PgqueError {
  static override readonly codes: readonly PgqueErrorCode[] = ['invalid_payload'];
  override readonly name = 'InvalidPayloadError';
  /** What the schema found. */
  readonly issues: readonly Issue[];

  constructor(message: string, issues: readonly Issue[], options: PgqueErrorOptions = {}) {
    super('invalid_payload', message, options);
    this.issues = issues;
  }
}
