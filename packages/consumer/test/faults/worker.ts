import { setTimeout as delay } from 'node:timers/promises';
import { connect, install, type Message, type Transaction } from 'pgque';
import { type ConsumerOptions, createConsumer, createTicker, fixed } from '../../src/index.ts';
import { LogBook } from '../log-book.ts';
import { record } from './record.ts';

/** Options of a consumer that JSON can carry. */
export type WorkerConsumer = Omit<ConsumerOptions, 'queue' | 'orderBy' | 'retry'>;

/** What a worker is told, as the one argument of its process. */
export interface WorkerOptions {
  readonly url: string;
  /** How it calls itself in the ledger. */
  readonly process: string;
  readonly queue: string;
  readonly consumers?: readonly WorkerConsumer[];
  readonly ticks?: boolean;
  /** Whether it sets everything up itself, as a replica that starts in an empty database does. */
  readonly installs?: boolean;
  /** Milliseconds that each handler takes. */
  readonly takesMs?: number;
  /** Milliseconds for which the first handler blocks the event loop. */
  readonly blocksMs?: number;
  /** The first handler never ends, whatever its signal says. */
  readonly hangs?: boolean;
  /** Milliseconds that its stop may take. */
  readonly stopMs?: number;
  /** What the clock of this process gains with each message. */
  readonly clockStepMs?: number;
}

/** What a worker says to the process that forked it. */
export type WorkerReport =
  | { readonly kind: 'started' | 'blocked' | 'unblocked' }
  | { readonly kind: 'handling' | 'aborted'; readonly consumer: string; readonly msgId: string }
  | { readonly kind: 'stopped'; readonly tookMs: number };

// A program, forked by start-worker.ts: one process of an application, with consumers, a ticker, or both. It works until it
// gets SIGTERM; then it stops what it has and ends by itself, or not at all.
const options = JSON.parse(process.argv[2] ?? '') as WorkerOptions;
// Else the channel to the parent would keep the process, or what it forgot to close be blamed on it.
process.channel?.unref();
process.on('disconnect', () => process.exit(1));

/** What the clock of this process is ahead. */
let clockMs = 0;
fakeClock();
let isFirst = true;

const { url, queue, consumers = [] } = options;
const client = await connect({ url, logger: new LogBook(), closeTimeoutMs: 1000, applicationName: options.process });
if (options.installs) {
  await install(client);
  await client.createQueue(queue, { maxRetries: 1000 });
}
const works = consumers.map((consumer) =>
  createConsumer(client, { queue, retry: fixed('10ms'), ...consumer }).on('*', (message, { signal, tx }) =>
    handle(consumer.name, message, signal, tx),
  ),
);
const all = options.ticks ? [...works, createTicker(client)] : works;

process.once('SIGTERM', async () => {
  const startedAt = performance.now();
  await Promise.all(all.map((each) => each.stop({ timeout: options.stopMs ?? '10s' })));
  report({ kind: 'stopped', tookMs: performance.now() - startedAt });
  await client.close();
});
await Promise.all(all.map((each) => each.start()));
report({ kind: 'started' });

async function handle(
  consumer: string,
  message: Message,
  signal: AbortSignal,
  tx: Transaction | undefined,
): Promise<void> {
  const { clockStepMs, takesMs, blocksMs, hangs } = options;
  const msgId = String(message.msgId);
  report({ kind: 'handling', consumer, msgId });
  signal.addEventListener('abort', () => report({ kind: 'aborted', consumer, msgId }), { once: true });
  const wasFirst = isFirst;
  isFirst = false;
  clockMs += clockStepMs ?? 0;
  if (wasFirst && hangs) await new Promise(() => {});
  if (wasFirst && blocksMs !== undefined) block(blocksMs);
  if (takesMs !== undefined) await delay(takesMs);
  await record(tx ?? client, { consumer, process: options.process }, queue, [message]);
}

function block(forMs: number): void {
  report({ kind: 'blocked' });
  const end = performance.now() + forMs;
  while (performance.now() < end);
  report({ kind: 'unblocked' });
}

/** For everything in this process that reads the clock; timers run on another. */
function fakeClock(): void {
  const RealDate = Date;
  globalThis.Date = class extends RealDate {
    constructor(...values: []) {
      if (values.length === 0) super(RealDate.now() + clockMs);
      else super(...values);
    }

    static override now(): number {
      return RealDate.now() + clockMs;
    }
  } as DateConstructor;
}

function report(what: WorkerReport): void {
  process.send?.(what);
}
