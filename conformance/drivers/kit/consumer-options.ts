import { type ConsumerOptions, fixed } from '@pgque/consumer';
import type { ConsumerArgs } from './consumer-ops.ts';

/** What a driver leaves out counts as the client's own default. */
export function given<Options extends object>(
  options: Options,
): { [Key in keyof Options]: Exclude<Options[Key], undefined> } {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Key in keyof Options]: Exclude<Options[Key], undefined> };
}

/** Options of a consumer in TypeScript, of whatever kind, for the arguments of `consumer_start`. */
export function toConsumerOptions(args: ConsumerArgs): ConsumerOptions {
  const { retryMs, maxAttempts, orderBy } = args;
  const options = given({
    queue: args.queue,
    name: args.name,
    mode: args.mode,
    startAt: args.startAt,
    maxMessages: args.maxMessages,
    concurrency: args.concurrency,
    orderBy: orderBy === undefined ? undefined : (message: { readonly type: string | null }) => message.type,
    members: args.member,
    deadInterval: args.deadIntervalMs,
    retry: retryMs === undefined ? undefined : fixed(retryMs, given({ maxAttempts })),
    unknownHandlerPolicy: args.unknownHandlerPolicy,
    pollInterval: args.pollIntervalMs,
    idlePollInterval: args.idlePollIntervalMs,
    stopTimeout: args.stopTimeoutMs,
  });
  return options as ConsumerOptions;
}
