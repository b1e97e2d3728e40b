import { fork } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTicker } from '@pgque/consumer';
import { createPool, type Pool, type PoolOptions } from '@pgque/coop-pool';
import { type Client, connect } from 'pgque';
import { queue } from '../../peers/peer.ts';
import { type Measured, parameter, VoidRun, type Workload } from '../scenario.ts';
import type { MemorySample } from './memory-process.ts';
import { type Form, measureTransport } from './transport.ts';

const batchSize = 10_000;

/** Messages per second of a pool of so many threads, in so many seconds after a warm-up. */
export const poolRate: Workload = async (measurement) => {
  let handled = 0;
  const onResult = (): void => {
    handled += 1;
  };
  const settings = { type: String(measurement.point['work']), threads: parameter(measurement, 'threads'), onResult };
  return await withPool(measurement.url, parameter(measurement, 'events'), settings, async (pool) => {
    await pool.start();
    await sleep(parameter(measurement, 'warmUpSeconds') * 1000);
    const before = handled;
    const startedAt = performance.now();
    await sleep(parameter(measurement, 'seconds') * 1000);
    return [{ values: { perSecond: ((handled - before) / (performance.now() - startedAt)) * 1000 } }];
  });
};

/** Payloads per second that a thread has the value of, when its parent has them as text. */
export const payloadTransport: Workload = async (measurement) => {
  const { point } = measurement;
  const value = payloadOfRows(parameter(measurement, 'rows'));
  const perSecond = await measureTransport(point['form'] as Form, value, parameter(measurement, 'seconds') * 1000);
  return [{ values: { perSecond } }];
};

/** What a process of its own holds while a pool in it handles so many messages, at ten points. */
export const longRunMemory: Workload = async (measurement) => {
  const child = fork(new URL('./memory-process.ts', import.meta.url), {
    execArgv: ['--expose-gc', '--conditions=@pgque/source'],
  });
  const measured: Measured[] = [];
  child.on('message', ({ handled, heap, rss }: MemorySample) =>
    measured.push({ at: { handled }, values: { heap, rss } }),
  );
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  child.send({ url: measurement.url, count: parameter(measurement, 'events') });
  const code = await ended;
  if (code !== 0) throw new VoidRun('the process that was measured failed');
  return measured;
};

/** A queue with so many events of one type, and a pool of threads for them. */
export async function withPool<Result>(
  url: string,
  count: number,
  { type, ...options }: { readonly type: string } & Partial<PoolOptions>,
  measure: (pool: Pool) => Promise<Result>,
): Promise<Result> {
  await using client = await connect(url);
  await client.subscribe(queue, 'pool');
  await sendMany(client, type, count);
  await using ticker = createTicker(client);
  await ticker.start();
  const handlers = new URL('./handlers.ts', import.meta.url);
  await using pool = createPool(client, { queue, name: 'pool', handlers, ...options });
  return await measure(pool);
}

async function sendMany(client: Client, type: string, count: number): Promise<void> {
  for (let sent = 0; sent < count; sent += batchSize) {
    const length = Math.min(batchSize, count - sent);
    const payloads = Array.from({ length }, (_, index) => ({ number: sent + index }));
    await client.sendBatch(queue, type, payloads);
  }
}

/** Rows of about 100 bytes that have nothing in common: what occurs twice in a value is cloned once. */
function payloadOfRows(rows: number): unknown {
  const row = (index: number) => ({ order_id: index, total: 99.95 + index, customer: String(index).padEnd(51, 'x') });
  return rows === 1 ? row(42) : { rows: Array.from({ length: rows }, (_, index) => row(index)) };
}
