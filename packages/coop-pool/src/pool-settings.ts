import { availableParallelism } from 'node:os';
import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type AnyQueue, newMemberName, toMs } from '@pgque/consumer';
import { InvalidArgumentError, nameOf } from 'pgque';
import type { PoolOptions } from './pool-options.ts';

/** The options of a pool that are not for its consumers, checked and filled in. */
export type PoolSettings = ReturnType<typeof toSettings>;

export function toSettings(options: PoolOptions<AnyQueue>) {
  return {
    queue: nameOf(options.queue),
    name: options.name,
    handlers: toUrl(options.handlers),
    threads: requireCount(options.threads ?? availableParallelism(), 'threads'),
    concurrency: requireCount(options.concurrency ?? 1, 'concurrency'),
    member: options.member ?? newMemberName(),
    recycleAfter: requireCount(options.recycleAfter ?? Number.MAX_SAFE_INTEGER, 'recycleAfter'),
    handlerTimeoutMs: options.handlerTimeout === undefined ? undefined : toMs(options.handlerTimeout, 'handlerTimeout'),
    abortGraceMs: toMs(options.abortGrace ?? '1s', 'abortGrace'),
    loadTimeoutMs: toMs(options.loadTimeout ?? '30s', 'loadTimeout'),
    stopTimeoutMs: toMs(options.stopTimeout ?? '30s', 'stopTimeout'),
    resourceLimits: options.resourceLimits,
    workerData: options.workerData,
    onResult: options.onResult,
  };
}

function toUrl(file: URL | string): URL {
  if (file instanceof URL) return file;
  if (typeof file === 'string' && isAbsolute(file)) return pathToFileURL(file);
  if (typeof file === 'string' && URL.canParse(file)) return new URL(file);
  throw new InvalidArgumentError('invalid_argument', `handlers is no file: ${String(file)}`, {
    hint: "Pass new URL('./handlers.js', import.meta.url), or the absolute path of the file.",
  });
}

function requireCount(value: number, name: string): number {
  if (Number.isInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError('invalid_argument', `${name} must be a whole number above 0`);
}
