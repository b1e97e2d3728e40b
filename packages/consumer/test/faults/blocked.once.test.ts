import { setTimeout as delay } from 'node:timers/promises';
import { openTestDatabase } from '@pgque/testing';
import { connect } from 'pgque';
import { afterAll, type ExpectStatic, test } from 'vitest';
import { createConsumer, createTicker } from '../../src/index.ts';
import { type Account, eventCount, Ledger, patienceMs, settled } from './ledger.ts';
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

test.concurrent(
  `a handler that blocks the event loop for ${blocksMs / 1000} s keeps the batch of its process, and others go on`,
  async ({ expect }) => {
    const ledger = await Ledger.open(database, 'blocked', ['shared']);
    const consumers = [{ name: 'shared', members: 'auto', maxMessages: 50, deadInterval: deadIntervalMs }];
    const options = { url: database.url, queue: 'blocked', consumers };
    const other = await Worker.start({ ...options, process: 'other' });
    const blocked = await Worker.start({ ...options, process: 'blocked', blocksMs });
    let sent = 0;
    while (blocked.count('blocked') === 0) sent += await sendSome(ledger);
    await ledger.send(eventCount);
    await isSettled(expect, ledger, 'shared', sent + eventCount);
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

test.concurrent.for([
  { name: 'alone' },
  { name: 'shared', members: 'auto' },
  { name: 'exact', mode: 'exactly-once' },
] as const)('a handler ($name) that waits for longer than deadInterval keeps its message', async (kind, { expect }) => {
  const ledger = await Ledger.open(database, `slow ${kind.name}`, [kind.name]);
  await ledger.send(1);
  let calls = 0;
  const processes = [1, 2].map(() =>
    createConsumer(client, { queue: ledger.queue, ...kind, deadInterval: '2s', pollInterval: '50ms' }).on(
      '*',
      async (message, { tx }) => {
        calls += 1;
        await delay(6000);
        await record(tx ?? client, { consumer: kind.name, process: 'slow' }, ledger.queue, [message]);
      },
    ),
  );
  await Promise.all(processes.map((consumer) => consumer.start()));
  await isSettled(expect, ledger, kind.name, 1);
  expect(calls).toBe(1);
  await Promise.all(processes.map((consumer) => consumer.stop()));
});

/** With the `expect` of a test that runs beside others. */
async function isSettled(expect: ExpectStatic, ledger: Ledger, consumer: string, sent: number): Promise<void> {
  const account = (): Promise<Account> => ledger.account(consumer);
  await expect
    .poll(account, { timeout: patienceMs / 2, interval: 100 })
    .toMatchObject({ ...settled, sent, repeated: 0 });
}
