import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openGroup } from '../support/group-driver.ts';
import { passTime } from '../support/pass-time.ts';
import { openQueue, type QueueDriver } from '../support/queue-driver.ts';
import { rotateEventLog } from '../support/rotation.ts';
import { rows } from '../support/rows.ts';

const database = await openTestDatabase();

async function stuck(queue: QueueDriver, threshold = '1 hour') {
  const found = await rows<Record<string, unknown>>(database, 'select * from pgque.stuck_consumers($1::interval)', [
    threshold,
  ]);
  return found.filter((row) => row['queue_name'] === queue.name);
}

const tick = () => rows(database, 'select pgque.ticker()');

test('a consumer that does not read what is there is stuck after the threshold, and not before', async () => {
  const queue = await openQueue(database, { ticker_max_count: 1 });
  await queue.sendMany(['a', 'b']);
  await tick();
  await passTime(database, '59 minutes');
  expect(await stuck(queue)).toEqual([]);
  await passTime(database, '2 minutes');
  const [row, ...others] = await stuck(queue);
  expect(others).toEqual([]);
  expect(Object.entries(row ?? {})).toEqual([
    ['queue_name', queue.name],
    ['consumer_name', 'reader'],
    ['reason', 'not reading'],
    ['stuck_for', expect.objectContaining({ hours: 1, minutes: 1 })],
    ['lag', expect.objectContaining({ hours: 1, minutes: 1 })],
    ['last_seen', expect.objectContaining({ hours: 1, minutes: 1 })],
    ['batch_id', null],
    ['pending_events_estimate', 2n],
    ['holds_rotation', false],
    ['held_bytes', expect.any(BigInt)],
  ]);
  expect(row?.['held_bytes']).toBeGreaterThan(0n);
  await queue.drain();
  expect(await stuck(queue)).toEqual([]);
});

test('time counts from the first tick with something to read, not from the position', async () => {
  const queue = await openQueue(database, { ticker_max_count: 1 });
  for (let minute = 0; minute < 3; minute += 1) {
    await passTime(database, '1 hour');
    await tick();
  }
  await queue.send('x');
  await tick();
  expect(await stuck(queue)).toEqual([]);
  expect(await stuck(queue, '0 seconds')).toMatchObject([{ lag: { hours: 3 } }]);
  await passTime(database, '61 minutes');
  expect(await stuck(queue)).toMatchObject([{ stuck_for: { hours: 1 }, lag: { hours: 4 } }]);
});

test('nobody is stuck where there is nothing to read: neither at rest nor before a gap in the sequence', async () => {
  const queue = await openQueue(database);
  await passTime(database, '1 day');
  await queue.tick();
  await passTime(database, '1 day');
  await tick();
  expect(await stuck(queue)).toEqual([]);
});

test('an open batch is stuck after the threshold, and holds rotation when its slot is the next', async () => {
  const queue = await openQueue(database, { rotation_period: '1 millisecond' });
  await queue.send('x');
  await queue.tick();
  const [message] = await queue.receiveSome();
  await passTime(database, '61 minutes');
  expect(await stuck(queue)).toMatchObject([
    { reason: 'batch open', batch_id: message.batch_id, holds_rotation: false, stuck_for: { hours: 1 } },
  ]);
  await rotateEventLog(queue, 2);
  expect(await stuck(queue)).toMatchObject([{ reason: 'batch open', holds_rotation: true }]);
});

test('a consumer that moves and is behind says so', async () => {
  const queue = await openQueue(database, { ticker_max_count: 1 });
  await queue.sendMany(['a', 'b', 'c']);
  await tick();
  await passTime(database, '61 minutes');
  const [message] = await queue.receiveSome(1);
  await queue.ack(message.batch_id);
  expect(await stuck(queue)).toMatchObject([{ reason: 'behind', pending_events_estimate: 2n }]);
});

test('retries that were moved and are not read count, for the consumer that asked for them', async () => {
  const queue = await openQueue(database);
  const other = queue.as(database, 'other');
  await other.subscribe();
  await queue.send('x');
  await queue.tick();
  await other.drain();
  const messages = await queue.receiveSome();
  await queue.nack(messages);
  await queue.ack(messages[0].batch_id);
  await queue.moveRetries();
  await passTime(database, '61 minutes');
  expect((await stuck(queue)).map((row) => row['consumer_name'])).toEqual(['reader']);
});

test('a member that holds a batch and is not touched is stuck; one at rest never is', async () => {
  const group = await openGroup(database, { ticker_max_count: 1 });
  await group.queue.as(database, 'reader').drain();
  await group.queue.sendMany(['a', 'b']);
  await rows(database, 'select pgque.ticker()');
  await group.receive('first', 1);
  const [message] = await group.receive('second', 1);
  await group.queue.ack(message?.batch_id);
  await group.receive('second');
  await group.queue.as(database, 'reader').drain();
  await passTime(database, '61 minutes');
  expect(await stuck(group.queue)).toMatchObject([{ consumer_name: 'group.first', reason: 'batch open' }]);
  await group.touch('first');
  expect(await stuck(group.queue)).toEqual([]);
});

test('a slot that is locked is left out instead of waited for', async () => {
  const queue = await openQueue(database, { ticker_max_count: 1 });
  await queue.send('x');
  await tick();
  await queue.receiveSome();
  await passTime(database, '61 minutes');
  const session = await database.connect();
  await session.query('begin');
  const [log] = await rows<{ log_id: number }>(session, 'select log_id from pgque.queue where queue_name = $1', [
    queue.name,
  ]);
  await session.query(`lock table pgque.event_${log?.log_id}_0 in access exclusive mode`);
  expect(await stuck(queue)).toMatchObject([{ reason: 'batch open', held_bytes: 0n }]);
  await session.query('rollback');
});

test.each(['-1 second', null])('the threshold %s is refused', async (threshold) => {
  const call = rows(database, 'select * from pgque.stuck_consumers($1::interval)', [threshold]);
  await expect(call).rejects.toMatchObject({ code: 'QU005' });
});
