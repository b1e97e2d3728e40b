import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openGroup } from '../support/group-driver.ts';
import { passTime } from '../support/pass-time.ts';
import { openQueue } from '../support/queue-driver.ts';
import { rows } from '../support/rows.ts';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();
const inFlight = (queue: string | null) =>
  rows<Record<string, unknown>>(database, 'select * from pgque.in_flight($1)', [queue]);

test('an open batch shows who holds it, since when, and what is in it, until it is acknowledged', async () => {
  const queue = await openQueue(database);
  await queue.sendMany(['a', 'b', 'c']);
  const tickId = await queue.tick();
  expect(await inFlight(queue.name)).toEqual([]);
  const [message] = await queue.receiveSome(2);
  await passTime(database, '1 minute');
  const [row, ...others] = await inFlight(queue.name);
  expect(others).toEqual([]);
  expect(Object.entries(row ?? {})).toEqual([
    ['queue_name', queue.name],
    ['consumer_name', 'reader'],
    ['batch_id', message.batch_id],
    ['opened_at', expect.any(Date)],
    ['age', expect.objectContaining({ minutes: 1 })],
    ['prev_tick_id', 1n],
    ['tick_id', tickId],
    ['events', 2n],
  ]);
  await queue.ack(message.batch_id);
  expect(await inFlight(queue.name)).toEqual([]);
  const [last] = await queue.receiveSome();
  expect(await inFlight(queue.name)).toMatchObject([{ batch_id: last.batch_id, events: 1n }]);
  await queue.ack(last.batch_id);
});

test('a batch of the primitives may be empty', async () => {
  const queue = await openQueue(database);
  await queue.tick();
  const batchId = await scalar<bigint>(database, 'select pgque.next_batch($1, $2)', [queue.name, queue.consumer]);
  expect(await inFlight(queue.name)).toMatchObject([{ batch_id: batchId, events: 0n }]);
});

test('without a name the batches of all queues are listed, the oldest first; an unknown queue is refused', async () => {
  const batches: bigint[] = [];
  for (let i = 0; i < 2; i += 1) {
    const queue = await openQueue(database);
    await queue.send('x');
    await queue.tick();
    batches.push((await queue.receiveSome())[0].batch_id);
    await passTime(database, '1 second');
  }
  const listed = (await inFlight(null)).map((row) => row['batch_id']);
  expect(listed.slice(-2)).toEqual(batches);
  await expect(inFlight('nope')).rejects.toMatchObject({ code: 'QU001' });
});

test('a member of a cooperative consumer shows what it holds, and since when, however often it was touched', async () => {
  const group = await openGroup(database);
  await group.queue.sendMany(['a', 'b', 'c']);
  await group.queue.tick();
  await group.receive('first', 2);
  await passTime(database, '1 hour');
  await group.touch('first');
  await group.receive('second', 2);
  expect(
    (await inFlight(group.queue.name)).map((row) => [row['consumer_name'], row['events'], row['age']]),
  ).toMatchObject([
    ['group.first', 2n, { hours: 1 }],
    ['group.second', 1n, {}],
  ]);
});
