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
  health(): Health;
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
      watch(args.handle, runtime);
    },
    consumer_stop: ({ handle, timeoutMs }: { handle: string; timeoutMs?: number }) =>
      take(handle)
        .stop(timeoutMs === undefined ? {} : { timeout: timeoutMs })
        .then(() => null),
    consumer_health: ({ handle }: { handle: string }) => {
      const { state, isHealthy, isHearing, acked, retried, dead } = take(handle).health();
      return { state, isHealthy, isHearing: isHearing ?? null, acked, retried, dead };
    },
  };
  const stop = async (): Promise<void> => {
    await Promise.all([...runtimes.values()].map((runtime) => runtime.stop({})));
    runtimes.clear();
  };
  return { ops, stop };
}

/** Tells of each state that it sees. */
function watch(handle: string, runtime: Runtime): void {
  let last = '';
  const look = (): void => {
    const { state } = runtime.health();
    if (state === last) return;
    last = state;
    emit('consumer_state', { handle, state });
    if (state !== 'stopped' && state !== 'failed') return;
    clearInterval(timer);
    emit('shutdown_complete', { handle });
  };
  const timer = setInterval(look, lookIntervalMs);
  timer.unref();
  look();
}

/** What a driver leaves out counts as the client's own default. */
export function given<Options extends object>(
  options: Options,
): { [Key in keyof Options]: Exclude<Options[Key], undefined> } {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Key in keyof Options]: Exclude<Options[Key], undefined> };
}
