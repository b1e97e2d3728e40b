import { openTestDatabase } from '@pgque/testing';
import { connect } from 'pgque';
import { expect, test } from 'vitest';
import { createConsumer } from '../src/index.ts';
import { openQueue } from './open-bench.ts';

const database = await openTestDatabase();

test('the members of a process share one connection for their heartbeats, and the last to leave closes it', async () => {
  await using client = await connect({ url: database.url, applicationName: 'sharing' });
  await openQueue(client, 'shared', [1, 2, 3]);
  const heartbeats = () =>
    database.query(
      `select from pg_stat_activity where application_name = 'sharing heartbeat' and query like '%touch%'`,
    );
  const held = Promise.withResolvers<void>();
  let running = 0;
  const consumers = ['one', 'two', 'three'].map((members) =>
    createConsumer(client, { queue: 'shared', name: 'worker', members, maxMessages: 1, deadInterval: '300ms' }).on(
      '*',
      async () => {
        running += 1;
        await held.promise;
      },
    ),
  );
  await Promise.all(consumers.map((consumer) => consumer.start()));
  await expect.poll(() => running).toBe(3);
  const startedAt = performance.now();
  // Each of the three is heard of, again and again, for three times the interval.
  const isAlive = async (): Promise<boolean> => {
    const batches = (await client.consumerStats('shared')).filter(({ batchId }) => batchId !== null);
    expect(batches).toHaveLength(3);
    return performance.now() - startedAt > 900 && batches.every(({ lastSeenMs }) => Number(lastSeenMs) < 300);
  };
  await expect.poll(isAlive).toBe(true);
  expect(await heartbeats()).toHaveLength(1);
  const [leaver, ...others] = consumers;
  held.resolve();
  await leaver?.stop();
  expect(await heartbeats()).toHaveLength(1);
  await Promise.all(others.map((consumer) => consumer.stop()));
  expect(consumers.reduce((sum, consumer) => sum + consumer.health().acked, 0)).toBe(3);
  await expect.poll(heartbeats).toEqual([]);
});
