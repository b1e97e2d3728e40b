import { ConnectionError, PgqueError } from 'pgque';
import { CliError } from './cli-error.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';

export interface Explanation {
  readonly exitCode: ExitCode;
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
}

export function explainError(error: unknown): Explanation {
  if (error instanceof CliError) {
    return { exitCode: error.exitCode, code: 'cli', message: error.message, hint: error.hint };
  }
  if (error instanceof PgqueError) {
    const exitCode = error instanceof ConnectionError ? exitCodes.unreachable : exitCodes.failed;
    return { exitCode, code: error.code, message: error.message, hint: error.hint ?? hintOf(error) };
  }
  return { exitCode: exitCodes.failed, code: 'unexpected', message: String(error), hint: undefined };
}

function hintOf(error: PgqueError): string | undefined {
  if (error.code === 'connection_failed')
    return 'Pass --url postgresql://…, or set DATABASE_URL or PGHOST, PGUSER and so on.';
  if (error.code === 'engine_not_installed') return 'Run: pgque install';
  return undefined;
}
