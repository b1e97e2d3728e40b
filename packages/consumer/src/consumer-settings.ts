import { InvalidArgumentError } from 'pgque';
import type { ConsumerOptions, Mode } from './consumer-options.ts';
import { toMs } from './duration.ts';
import { exponential } from './retry/exponential.ts';

/** The options of a consumer, checked and filled in. */
export type ConsumerSettings = ReturnType<typeof toSettings>;

export function toSettings(options: ConsumerOptions<unknown>, queue: string) {
  const mode: Mode = options.mode ?? 'at-least-once';
  const concurrency = options.concurrency ?? 1;
  requireName(queue, 'queue');
  requireName(options.name, 'name');
  requireCount(options.maxMessages ?? 100, 'maxMessages');
  requireCount(concurrency, 'concurrency');
  if (mode !== 'at-least-once' && mode !== 'exactly-once') refuse(`there is no mode "${String(mode)}"`);
  if (mode === 'exactly-once' && concurrency > 1) {
    refuse(
      'in the mode exactly-once handlers run one after the other: they share a transaction',
      'Leave out concurrency.',
    );
  }
  if (mode === 'exactly-once' && options.members !== undefined) {
    refuse('members cannot work exactly once: the transaction of one would hold up the others', 'Leave out members.');
  }
  return {
    queue,
    name: options.name,
    mode,
    startAt: options.startAt,
    maxMessages: options.maxMessages ?? 100,
    concurrency,
    orderBy: options.orderBy,
    members: options.members,
    deadIntervalMs: toMs(options.deadInterval ?? '30s', 'deadInterval'),
    retry: options.retry ?? exponential(),
    handlerTimeoutMs: options.handlerTimeout === undefined ? undefined : toMs(options.handlerTimeout, 'handlerTimeout'),
    unknownHandlerPolicy: options.unknownHandlerPolicy ?? ('nack' as const),
    pollIntervalMs: toMs(options.pollInterval ?? '1s', 'pollInterval'),
    idlePollIntervalMs: toMs(options.idlePollInterval ?? '30s', 'idlePollInterval'),
    stopTimeoutMs: toMs(options.stopTimeout ?? '30s', 'stopTimeout'),
  };
}

function requireName(value: unknown, name: string): void {
  if (typeof value !== 'string' || value === '') refuse(`${name} must be a text that is not empty`);
}

function requireCount(value: number, name: string): void {
  if (!Number.isInteger(value) || value < 1) refuse(`${name} must be a whole number above 0`);
}

function refuse(message: string, hint?: string): never {
  throw new InvalidArgumentError('invalid_argument', message, { hint });
}
