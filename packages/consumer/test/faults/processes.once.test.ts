import { openTestDatabase } from '@pgque/testing';
import { connect } from 'pgque';
import { afterAll, expect, test } from 'vitest';
import { createTicker } from '../../src/index.ts';
import { consumers } from './fleet.ts';
import { atMost, eventCount, Ledger, patienceMs } from './ledger.ts';
import { Worker } from './start-worker.ts';
import type { WorkerConsumer } from './worker.ts';

const database = await openTestDatabase();
const { url } = database;
const client = await connect(url);
afterAll(() => client.close());
const ticker = createTicker(client);
await ticker.start();
afterAll(() => ticker.stop());

const maxMessages = 50;
/** Each process works for all of them. */
const kinds: readonly WorkerConsumer[] = [
  { name: 'alone', concurrency: 4, deadInterval: '1s', maxMessages },
  { name: 'shared', members: 'auto', concurrency: 4, deadInterval: '1s', maxMessages },
  { name: 'exact', mode: 'exactly-once', deadInterval: '1s', maxMessages },
];

function start({ queue }: Ledger, process: string): Promise<Worker> {
  return Worker.start({ url, process, queue, consumers: kinds, takesMs: 1 });
}

test(
  'SIGTERM: what runs is finished, the others do the rest, and nothing is repeated',
  async () => {
    const ledger = await Ledger.open(database, 'terminated', consumers);
    const workers = await Promise.all(['first', 'second'].map((process) => start(ledger, process)));
    await ledger.send(eventCount);
    const [first, second] = await bySpeed(workers);
    first.signal('SIGTERM');
    expect(await first.exited).toEqual({ code: 0, signal: null });
    expect(first.count('aborted')).toBe(0);
    for (const consumer of consumers) {
      expect(await ledger.settled(consumer)).toMatchObject({ sent: eventCount, repeated: 0 });
    }
    second.signal('SIGTERM');
    expect(await second.exited).toEqual({ code: 0, signal: null });
    expect(`${first.errors}${second.errors}`).toBe('');
  },
  patienceMs,
);

test(
  'SIGKILL: another has the work of a dead process soon, and repeats no more than its batch',
  async () => {
    const ledger = await Ledger.open(database, 'killed', consumers);
    const workers = await Promise.all(['first', 'second', 'third', 'fourth'].map((process) => start(ledger, process)));
    const kills = 3;
    for (let kill = 0; kill < kills; kill += 1) {
      await ledger.send(Math.ceil(eventCount / kills));
      const [busiest] = await bySpeed(workers);
      workers.splice(workers.indexOf(busiest), 1);
      await busiest.kill();
    }
    expect((await ledger.settled('alone')).repeated).toSatisfy(atMost(kills * maxMessages));
    expect((await ledger.settled('shared')).repeated).toSatisfy(atMost(kills * maxMessages));
    expect((await ledger.settled('exact')).repeated).toBe(0);
    for (const worker of workers) await worker.kill();
  },
  patienceMs,
);

test(
  'SIGSTOP: another takes over from a frozen process, and what that one says when it wakes does not count',
  async () => {
    const ledger = await Ledger.open(database, 'frozen', consumers);
    const workers = await Promise.all(['first', 'second'].map((process) => start(ledger, process)));
    await ledger.send(eventCount);
    const [frozen, other] = await bySpeed(workers);
    frozen.signal('SIGSTOP');
    for (const consumer of consumers) expect((await ledger.settled(consumer)).sent).toBe(eventCount);
    frozen.signal('SIGCONT');
    frozen.signal('SIGTERM');
    expect(await frozen.exited).toEqual({ code: 0, signal: null });
    // The batches that it had, and what it recorded of them when it woke.
    expect((await ledger.settled('alone')).repeated).toSatisfy(atMost(2 * maxMessages));
    expect((await ledger.settled('shared')).repeated).toSatisfy(atMost(2 * maxMessages));
    expect((await ledger.settled('exact')).repeated).toBe(0);
    await other.kill();
  },
  patienceMs,
);

/** The processes, first the one that handles most just now: it is in the middle of something. */
async function bySpeed(workers: readonly Worker[]): Promise<[Worker, Worker, ...Worker[]]> {
  const before = new Map(workers.map((worker) => [worker, worker.count('handling')]));
  const gain = (worker: Worker): number => worker.count('handling') - (before.get(worker) ?? 0);
  await expect.poll(() => Math.max(...workers.map(gain)), { timeout: patienceMs / 4, interval: 2 }).toBeGreaterThan(40);
  return workers.toSorted((a, b) => gain(b) - gain(a)) as [Worker, Worker, ...Worker[]];
}
