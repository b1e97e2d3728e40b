import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { eventCount, Ledger, patienceMs } from './ledger.ts';
import { Worker } from './start-worker.ts';

const database = await openTestDatabase({ engine: false });
const replicas = Number(process.env['PGQUE_FAULT_REPLICAS'] ?? 20);

test(
  `${replicas} replicas that start at once in an empty database, each installing it all, share the work`,
  async () => {
    const consumers = [{ name: 'shared', members: 'auto', startAt: 'earliest', maxMessages: 10 } as const];
    const workers = Array.from({ length: replicas }, (_, index) =>
      Worker.fork({
        url: database.url,
        process: `${index}`,
        queue: 'orders',
        consumers,
        installs: true,
        ticks: true,
        takesMs: 5,
      }),
    );
    await Promise.all(workers.map((worker) => worker.reported('started')));
    const ledger = await Ledger.open(database, 'orders', []);
    await ledger.send(eventCount);
    expect(await ledger.settled('shared')).toMatchObject({ sent: eventCount, repeated: 0 });
    const [shares] = await database.query<{ processes: bigint }>(
      'select count(distinct process) as processes from handled',
    );
    expect(Number(shares?.processes)).toBeGreaterThan(replicas / 2);
    for (const worker of workers) worker.signal('SIGTERM');
    const exits = await Promise.all(workers.map((worker) => worker.exited));
    expect(exits.filter(({ code }) => code !== 0)).toEqual([]);
    expect(workers.map((worker) => worker.errors).join('')).toBe('');
    // The last to leave has made it an ordinary consumer again.
    expect(await ledger.client.consumerStats('orders')).toMatchObject([{ consumer: 'shared', batchId: null }]);
  },
  2 * patienceMs,
);
