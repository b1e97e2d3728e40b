import { setTimeout as delay } from 'node:timers/promises';
import type { Ops } from './serve.ts';
import { emit } from './serve.ts';

/** The arguments of `consumer_start`, with the names of TypeScript. */
export interface ConsumerArgs {
  readonly handle: string;
  readonly queue: string;
  readonly name: string;
  readonly types?: readonly string[];
  readonly startAt?: 'latest' | 'earliest';
  readonly mode?: 'at-least-once' | 'exactly-once';
  readonly maxMessages?: number;
  readonly concurrency?: number;
  readonly orderBy?: 'type';
  readonly member?: string;
  readonly deadIntervalMs?: number;
  readonly retryMs?: number;
  readonly maxAttempts?: number;
  readonly unknownHandlerPolicy?: 'nack' | 'ack';
  readonly pollIntervalMs?: number;
  readonly idlePollIntervalMs?: number;
  readonly stopTimeoutMs?: number;
}

export interface Health {
  readonly state: string;
  readonly isHealthy: boolean;
  readonly isHearing?: boolean;
  readonly acked: number;
  readonly retried: number;
  readonly dead: number;
}

/** A runtime as the ops need it: a consumer, a pool, an application of Nest. */
export interface Runtime {
  start(): Promise<unknown>;
  stop(options: { readonly timeout?: number }): Promise<unknown>;
  health(): Health | Promise<Health>;
}

export type CreateRuntime = (args: ConsumerArgs) => Runtime | Promise<Runtime>;

const lookIntervalMs = 20;

/** The ops of consumers, on whatever runtime. */
export function consumerOps(create: CreateRuntime): { readonly ops: Ops; readonly stop: () => Promise<void> } {
  const runtimes = new Map<string, Runtime>();
  const take = (handle: string): Runtime => {
    const runtime = runtimes.get(handle);
    if (!runtime) throw new Error(`there is no consumer ${handle}`);
    return runtime;
  };
  const ops: Ops = {
    consumer_start: async (args: ConsumerArgs) => {
      const runtime = await create(args);
      await runtime.start();
      runtimes.set(args.handle, runtime);
      void watch(args.handle, runtime);
    },
    consumer_stop: ({ handle, timeoutMs }: { handle: string; timeoutMs?: number }) =>
      take(handle)
        .stop(timeoutMs === undefined ? {} : { timeout: timeoutMs })
        .then(() => null),
    consumer_health: async ({ handle }: { handle: string }) => {
      const { state, isHealthy, isHearing, acked, retried, dead } = await take(handle).health();
      return { state, isHealthy, isHearing: isHearing ?? null, acked, retried, dead };
    },
  };
  const stop = async (): Promise<void> => {
    await Promise.all([...runtimes.values()].map((runtime) => runtime.stop({})));
    runtimes.clear();
  };
  return { ops, stop };
}

/** Tells of each state that it sees, until the last. */
async function watch(handle: string, runtime: Runtime): Promise<void> {
  for (let last = ''; last !== 'stopped' && last !== 'failed'; await delay(lookIntervalMs, undefined, { ref: false })) {
    const { state } = await runtime.health();
    if (state !== last) emit('consumer_state', { handle, state });
    last = state;
  }
  emit('shutdown_complete', { handle });
}
