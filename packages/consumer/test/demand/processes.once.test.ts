// What needs processes that can be blocked, frozen and killed: wishes of users of other queues and what has hurt them, each
// by its sentence.
import { closeAtEndOfFile, openTestDatabase } from '@pgque/testing';
import { connect } from 'pgque';
import { expect, test } from 'vitest';
import { createTicker } from '../../src/index.ts';
import { Ledger } from '../faults/ledger.ts';
import { Worker } from '../faults/start-worker.ts';
import type { WorkerOptions } from '../faults/worker.ts';

const database = await openTestDatabase();
const client = closeAtEndOfFile(await connect(database.url));
const ticker = closeAtEndOfFile(createTicker(client));
await ticker.start();

const shared = { name: 'shared', members: 'auto', deadInterval: '1s', pollInterval: '50ms' } as const;
const alone = { name: 'alone', deadInterval: '1s' } as const;

/** One event, which comes to the first of these processes before the others are there. */
async function handOut(
  queue: string,
  consumer: typeof shared | typeof alone,
  options: readonly (Partial<WorkerOptions> & { readonly freezes?: boolean })[],
): Promise<{ ledger: Ledger; workers: Worker[] }> {
  const ledger = await Ledger.open(database, queue, [consumer.name]);
  const workers: Worker[] = [];
  for (const { freezes = false, ...each } of options) {
    const process = `process ${workers.length + 1}`;
    const worker = await Worker.start({ url: database.url, process, queue, consumers: [consumer], ...each });
    if (workers.push(worker) > 1) continue;
    await ledger.send(1);
    await worker.reported('handling');
    if (freezes) worker.signal('SIGSTOP');
  }
  return { ledger, workers };
}

test('Crash/zombie recovery in seconds: automatic heartbeat off the event loop, takeover, fencing', {
  timeout: 60_000,
}, async () => {
  const isThere = {};
  const crash = await handOut('crashed', shared, [{ hangs: true }, isThere]);
  await crash.workers[0]?.kill();
  const crashedAt = performance.now();
  expect(await crash.ledger.settled('shared', 10_000)).toMatchObject({ sent: 1, repeated: 0 });
  expect(performance.now() - crashedAt).toBeLessThan(10_000);

  const zombie = await handOut('zombie', shared, [{ takesMs: 3000, freezes: true }, isThere]);
  const [frozen, successor] = zombie.workers;
  await zombie.ledger.settled('shared', 10_000);
  expect(successor?.count('handling')).toBe(1);
  frozen?.signal('SIGCONT');
  // It wakes, does what it was about to do, and its late word does not count: what was settled stays so.
  await expect.poll(() => zombie.ledger.account('shared')).toMatchObject({ repeated: 1 });
  frozen?.signal('SIGTERM');
  expect(await frozen?.exited).toEqual({ code: 0, signal: null });
  expect(await zombie.ledger.account('shared')).toMatchObject({ sent: 1, pending: 0, retries: 0, openBatches: 0 });
});

test('Same consumer name on every replica: contention, then a hang when the holder dies', {
  timeout: 60_000,
}, async () => {
  const { ledger, workers } = await handOut('replicas', alone, [{ hangs: true }, {}, {}]);
  const [holder, ...others] = workers;
  // They stand by: the message is with one of them, and the others do not even see it.
  for (const other of others) expect(other.count('handling')).toBe(0);
  await holder?.kill();
  expect(await ledger.settled('alone', 10_000)).toMatchObject({ sent: 1, repeated: 0 });
});

test('Manual or event-loop-bound heartbeats: long or CPU-bound handler loses its batch', {
  timeout: 60_000,
}, async () => {
  const { ledger, workers } = await handOut('blocked', shared, [{ blocksMs: 4000 }, {}]);
  expect(await ledger.settled('shared')).toMatchObject({ sent: 1, repeated: 0 });
  expect(workers.map((worker) => worker.count('handling'))).toEqual([1, 0]);
  expect(workers[0]?.count('aborted')).toBe(0);
});
