import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { findings } from '../support/health.ts';
import { fallBehind, gaps, maintain, openQueueWithLimit } from '../support/late-consumer.ts';
import { passTime } from '../support/pass-time.ts';
import { rows } from '../support/rows.ts';
import { scalar } from '../support/scalar.ts';

const gapFindings = async (database: Parameters<typeof findings>[0]) => await findings(database, 'consumer_gaps');

test('health names who was moved past how much, for a week', async () => {
  const database = await openTestDatabase();
  const queue = await openQueueWithLimit(database);
  const other = queue.as(database, 'other');
  await other.subscribe();
  expect(await gapFindings(database)).toMatchObject([{ status: 'ok' }]);
  await queue.sendMany(['1', '2', '3']);
  const tickId = await queue.tick();
  await fallBehind(database);
  await maintain(queue);
  const [found, ...more] = await gapFindings(database);
  expect(more).toEqual([]);
  expect(found).toMatchObject({ status: 'warn', queue_name: queue.name });
  for (const consumer of [queue.consumer, 'other']) {
    expect(found?.detail).toContain(`consumer "${consumer}" was moved past 3 events, from tick 1 `);
  }
  expect(found?.detail).toContain(` to tick ${tickId} `);
  expect(found?.hint).toContain('max_consumer_lag');
  await passTime(database, '6 days 23 hours');
  expect(await gapFindings(database)).toMatchObject([{ status: 'warn' }]);
  await passTime(database, '2 hours');
  expect(await gapFindings(database)).toMatchObject([{ status: 'ok' }]);
});

test('gaps of one consumer are added up there, and those older than a week leave when the next one comes', async () => {
  const database = await openTestDatabase();
  const queue = await openQueueWithLimit(database);
  for (const interval of ['2 hours', '2 hours', '8 days', '2 hours']) {
    await queue.sendMany(['1', '2']);
    await queue.tick();
    await passTime(database, interval);
    await maintain(queue);
  }
  expect((await gaps(queue)).map(({ events }) => events)).toEqual([2n, 2n]);
  const [found] = await gapFindings(database);
  expect(found?.detail).toContain('was moved past 4 events');
});

test('they go with the subscription, and with the queue', async () => {
  const database = await openTestDatabase();
  const queue = await openQueueWithLimit(database);
  const other = queue.as(database, 'other');
  await other.subscribe();
  await queue.send('1');
  await queue.tick();
  await fallBehind(database);
  await maintain(queue);
  expect(await gaps(queue)).toHaveLength(2);
  await rows(database, 'select pgque.unsubscribe($1, $2)', [queue.name, other.consumer]);
  expect(await gaps(queue)).toMatchObject([{ consumer_name: queue.consumer }]);
  await rows(database, 'select pgque.drop_queue($1, true)', [queue.name]);
  expect(await scalar(database, 'select count(*) from pgque.gap')).toBe(0n);
});

test('of more than 100,000 events the number is an estimate by the event sequence', async () => {
  const database = await openTestDatabase();
  const queue = await openQueueWithLimit(database);
  await rows(
    database,
    `select cardinality(pgque.send_batch($1, array_agg('x'::text))) from generate_series(1, 150000)`,
    [queue.name],
  );
  await rows(database, 'select pgque.force_next_tick($1)', [queue.name]);
  await rows(database, 'select pgque.ticker()');
  await fallBehind(database);
  await maintain(queue);
  // With the steps of the forced tick.
  expect(await gaps(queue)).toMatchObject([{ events: 152_000n }]);
});
