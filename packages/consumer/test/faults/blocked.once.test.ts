import { setTimeout as delay } from 'node:timers/promises';
import { openTestDatabase } from '@pgque/testing';
import { connect } from 'pgque';
import { afterAll, expect, test } from 'vitest';
import { createConsumer, createTicker } from '../../src/index.ts';
import { eventCount, Ledger, patienceMs } from './ledger.ts';
import { record } from './record.ts';
import { Worker } from './start-worker.ts';

/** A minute, and a third of it, in a long run. */
const blocksMs = Number(process.env['PGQUE_BLOCK_SECONDS'] ?? 9) * 1000;
const deadIntervalMs = blocksMs / 3;

const database = await openTestDatabase();
const client = await connect(database.url);
afterAll(() => client.close());
const ticker = createTicker(client);
await ticker.start();
afterAll(() => ticker.stop());

test(
  `a handler that blocks the event loop for ${blocksMs / 1000} s keeps the batch of its process, and others go on`,
  async () => {
    const ledger = await Ledger.open(database, 'blocked', ['shared']);
    const consumers = [{ name: 'shared', members: 'auto', maxMessages: 50, deadInterval: deadIntervalMs }];
    const options = { url: database.url, queue: 'blocked', consumers };
    const other = await Worker.start({ ...options, process: 'other' });
    const blocked = await Worker.start({ ...options, process: 'blocked', blocksMs });
    let sent = 0;
    while (blocked.count('blocked') === 0) sent += await sendSome(ledger);
    await ledger.send(eventCount);
    expect(await ledger.settled('shared')).toMatchObject({ sent: sent + eventCount, repeated: 0 });
    expect(blocked.count('aborted')).toBe(0);
    // All but a batch was done meanwhile.
    const [meanwhile] = await database.query<{ handled: bigint }>(
      `select count(*) as handled from handled where process = 'other' and at < (select min(at) from handled where process = 'blocked')`,
    );
    expect(Number(meanwhile?.handled)).toBeGreaterThan(eventCount / 2);
    await Promise.all([blocked.kill(), other.kill()]);
  },
  patienceMs + 2 * blocksMs,
);

async function sendSome(ledger: Ledger): Promise<number> {
  await ledger.send(100);
  await delay(50);
  return 100;
}

test('exactly once: a handler that waits for longer than deadInterval keeps its transaction', async () => {
  const ledger = await Ledger.open(database, 'slow', ['exact']);
  await ledger.send(1);
  const options = { queue: 'slow', name: 'exact', mode: 'exactly-once', deadInterval: '2s' } as const;
  await using consumer = createConsumer(client, options);
  let calls = 0;
  consumer.on('*', async (message, { tx }) => {
    calls += 1;
    await delay(5000);
    await record(tx, { consumer: 'exact', process: 'slow' }, 'slow', [message]);
  });
  await consumer.start();
  expect(await ledger.settled('exact')).toMatchObject({ sent: 1, repeated: 0 });
  expect(calls).toBe(1);
});
