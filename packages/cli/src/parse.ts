import { type Duration, toMs } from '@pgque/consumer';
import { InvalidArgumentError } from 'commander';

// What stands on a command line, for commander, which says the name of the option or argument before the sentence.

export function toCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('It must be a whole number from 1.');
  return count;
}

export function toId(text: string): bigint {
  if (!/^\d{1,19}$/.test(text)) throw new InvalidArgumentError('It must be an id: digits only.');
  return BigInt(text);
}

export function toMilliseconds(text: string): number {
  try {
    return toMs(text as Duration, 'it');
  } catch {
    throw new InvalidArgumentError('It must be a duration, such as 250ms, 30s, 10m, 2h or 30d.');
  }
}

/** `latest`, `earliest` or a time. */
export function toStart(text: string): 'latest' | 'earliest' | Date {
  return text === 'latest' || text === 'earliest' ? text : toTime(text);
}

/** The same, or the id of a tick. */
export function toPosition(text: string): 'latest' | 'earliest' | Date | bigint {
  return /^\d{1,19}$/.test(text) ? BigInt(text) : toStart(text);
}

function toTime(text: string): Date {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) {
    throw new InvalidArgumentError('It must be latest, earliest or a time such as 2030-01-31T12:00:00Z.');
  }
  return time;
}
