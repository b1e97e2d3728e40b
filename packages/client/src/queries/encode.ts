import { InvalidArgumentError } from '../errors/engine-errors.ts';
import type { Parameter } from '../executor/executor.ts';

/** The longest delay that PostgreSQL can add to the time of today, about a thousand years. */
const maxDelayMs = 31_556_952_000_000;

/** Milliseconds as the text of an interval, in hours, minutes and seconds: PostgreSQL 14 takes no number beyond 32 bits. */
export function toInterval(delayMs: number, name: string): string {
  if (!Number.isFinite(delayMs) || delayMs < 0 || delayMs > maxDelayMs) {
    throw new InvalidArgumentError('invalid_argument', `${name} must be between 0 and ${maxDelayMs} milliseconds`);
  }
  const minutes = Math.floor(delayMs / 60_000);
  return `${Math.floor(minutes / 60)}:${minutes % 60}:${((delayMs - minutes * 60_000) / 1000).toFixed(6)}`;
}

export function toIntervalOrNull(delayMs: number | null | undefined, name: string): string | null {
  return delayMs === null || delayMs === undefined ? null : toInterval(delayMs, name);
}

/** What a parameter of type integer takes; its range is the server's business. */
export function toInteger(value: number, name: string): string {
  if (Number.isInteger(value)) return String(value);
  throw new InvalidArgumentError('invalid_argument', `${name} must be a whole number`);
}

export function toTimestamp(date: Date, name: string): string {
  if (!Number.isNaN(date.getTime())) return date.toISOString();
  throw new InvalidArgumentError('invalid_argument', `${name} must be a valid date`);
}

/** PostgreSQL stores no NUL in a text, and half of a surrogate pair would silently become another character. */
export function requireStorable(values: readonly Parameter[]): void {
  for (const value of values) {
    if (typeof value === 'string') requireStorableText(value);
    else if (value !== null) requireStorable(value);
  }
}

/** A reason is for people: what PostgreSQL cannot store of it is replaced, so that it never fails what it explains. */
export function toReasonOrNull(reason: string | null | undefined): string | null {
  return reason?.replaceAll('\u0000', '\ufffd').toWellFormed() ?? null;
}

function requireStorableText(value: string): void {
  if (value.includes('\u0000')) {
    throw new InvalidArgumentError(
      'invalid_argument',
      'a text must not contain NUL (\\u0000): PostgreSQL cannot store it',
    );
  }
  if (!value.isWellFormed()) {
    throw new InvalidArgumentError('invalid_argument', 'a text must not contain half of a surrogate pair');
  }
}
