import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { passTime } from '../support/pass-time.ts';
import { openQueue } from '../support/queue-driver.ts';
import { rows } from '../support/rows.ts';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();
const stats = (queue: string | null) =>
  rows<Record<string, unknown>>(database, 'select * from pgque.queue_stats($1)', [queue]);

test('the columns are those of the contract, in their order', async () => {
  const queue = await openQueue(database);
  const [row, ...others] = await stats(queue.name);
  expect(others).toEqual([]);
  expect(Object.keys(row ?? {})).toEqual([
    'queue_name',
    'last_tick_id',
    'ticker_lag',
    'events_per_second',
    'unticked_events_estimate',
    'consumers',
    'slowest_consumer',
    'slowest_lag',
    'pending_events_estimate',
    'retries_pending',
    'delayed_pending',
    'dead_letters',
    'rotation_age',
    'bytes',
  ]);
});

test('the slowest consumer stands for the queue, and a queue without one has none', async () => {
  const queue = await openQueue(database, { ticker_max_count: 1 });
  const slow = queue.as(database, 'slow');
  await slow.subscribe();
  await queue.sendMany(['a', 'b']);
  await rows(database, 'select pgque.ticker()');
  const messages = await queue.receiveSome();
  await queue.nack(messages, '1 hour');
  await queue.drain();
  await queue.send('c');
  for (const cancelled of [false, true]) {
    const id = await scalar<bigint>(database, `select pgque.send_at($1, 'default', text 'x', interval '1 day')`, [
      queue.name,
    ]);
    if (cancelled) await rows(database, 'select pgque.cancel($1)', [id]);
  }
  await passTime(database, '1 minute');
  const [row] = await stats(queue.name);
  expect(row).toMatchObject({
    last_tick_id: 2n,
    ticker_lag: { minutes: 1 },
    unticked_events_estimate: 1n,
    consumers: 2,
    slowest_consumer: 'slow',
    slowest_lag: { minutes: 1 },
    pending_events_estimate: 2n,
    retries_pending: 2n,
    delayed_pending: 1n,
    dead_letters: 0n,
    rotation_age: { minutes: 1 },
  });
  expect(row?.['bytes']).toBeGreaterThan(8192n);
  await rows(database, `select pgque.unsubscribe($1, c, true) from unnest(array['reader', 'slow']) c`, [queue.name]);
  expect(await stats(queue.name)).toMatchObject([
    { consumers: 0, slowest_consumer: null, slowest_lag: null, pending_events_estimate: null, retries_pending: 0n },
  ]);
});

test('without a name all queues are listed by name; an unknown one is refused', async () => {
  await openQueue(database);
  const names = (await stats(null)).map((row) => row['queue_name']);
  expect(names).toEqual(names.toSorted());
  expect(names.length).toBeGreaterThan(2);
  await expect(stats('nope')).rejects.toMatchObject({ code: 'QU001' });
});
