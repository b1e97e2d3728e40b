import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openGroup } from '../support/group-driver.ts';
import { passTime } from '../support/pass-time.ts';
import { openQueue } from '../support/queue-driver.ts';
import { rows } from '../support/rows.ts';

const database = await openTestDatabase();
const stats = (queue: string | null) =>
  rows<Record<string, unknown>>(database, 'select * from pgque.consumer_stats($1)', [queue]);

test('each consumer with its lag, its open batch, its retries and its dead letters', async () => {
  const queue = await openQueue(database, { ticker_max_count: 1 });
  const other = queue.as(database, 'other');
  await other.subscribe();
  await queue.sendMany(['a', 'b', 'c']);
  await rows(database, 'select pgque.ticker()');
  const messages = await queue.receiveSome();
  await queue.nack(messages.slice(0, 1), '1 hour');
  await rows(database, `select pgque.event_dead($1, $2, 'no')`, [messages[0].batch_id, messages[1]?.msg_id]);
  await passTime(database, '1 minute');
  const [waiting, reading, ...others] = await stats(queue.name);
  expect(others).toEqual([]);
  expect(Object.entries(waiting ?? {})).toEqual([
    ['queue_name', queue.name],
    ['consumer_name', 'other'],
    ['lag', expect.objectContaining({ minutes: 1 })],
    ['last_seen', expect.objectContaining({ minutes: 1 })],
    ['last_tick_id', 1n],
    ['batch_id', null],
    ['batch_age', null],
    ['pending_events_estimate', 3n],
    ['retries_pending', 0n],
    ['dead_letters', 0n],
  ]);
  expect(reading).toMatchObject({
    consumer_name: 'reader',
    batch_id: messages[0].batch_id,
    batch_age: { minutes: 1 },
    retries_pending: 1n,
    dead_letters: 1n,
  });
  await queue.ack(messages[0].batch_id);
  const [, done] = await stats(queue.name);
  expect(done).toMatchObject({ lag: {}, batch_id: null, pending_events_estimate: 0n, retries_pending: 1n });
});

test('a consumer that is not behind has no lag, however old its position', async () => {
  const queue = await openQueue(database);
  await passTime(database, '1 day');
  expect(await stats(queue.name)).toMatchObject([{ lag: {}, last_seen: { days: 1 }, pending_events_estimate: 0n }]);
});

test('all are listed by queue and name; an unknown queue is refused', async () => {
  const queue = await openQueue(database);
  await queue.as(database, 'a').subscribe();
  const names = (await stats(null)).map((row) => `${row['queue_name']} ${row['consumer_name']}`);
  expect(names).toEqual(names.toSorted());
  expect(names).toContain(`${queue.name} a`);
  await expect(stats('nope')).rejects.toMatchObject({ code: 'QU001' });
});

test('a member has only what it holds, which is behind its consumer, and at rest nothing', async () => {
  const group = await openGroup(database, { ticker_max_count: 1 });
  await group.queue.sendMany(['a', 'b', 'c']);
  await rows(database, 'select pgque.ticker()');
  const [message] = await group.receive('first', 2);
  await group.register('second');
  await passTime(database, '1 minute');
  const listed = async () =>
    (await stats(group.queue.name)).map((row) => [
      row['consumer_name'],
      row['pending_events_estimate'],
      row['batch_id'],
    ]);
  expect(await listed()).toEqual([
    ['group', 1n, null],
    ['group.first', 2n, message?.batch_id],
    ['group.second', 0n, null],
    ['reader', 3n, null],
  ]);
  // It has never done anything.
  expect((await stats(group.queue.name))[2]).toMatchObject({ last_seen: null });
  await group.queue.ack(message?.batch_id);
  expect((await listed())[1]).toEqual(['group.first', 0n, null]);
  expect((await stats(group.queue.name))[1]).toMatchObject({ lag: {} });
});
