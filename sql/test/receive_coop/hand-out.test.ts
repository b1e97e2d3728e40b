import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openGroup } from '../support/group-driver.ts';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();
const other = await database.connect();

test('members get different pages of one window, in order, and each its own batch', async () => {
  const group = await openGroup(database);
  await group.queue.sendMany(['1', '2', '3', '4', '5']);
  await group.queue.tick();
  const a = await group.receive('a', 2);
  const b = await group.receive('b', 2);
  const c = await group.receive('c', 2);
  expect([a, b, c].map((batch) => batch.map((message) => message.payload))).toEqual([['1', '2'], ['3', '4'], ['5']]);
  expect(new Set([a, b, c].map((batch) => batch[0]?.batch_id)).size).toBe(3);
  expect(await group.receive('d', 2)).toEqual([]);
});

test('a member gets its open batch again, and the next one after ack', async () => {
  const group = await openGroup(database);
  await group.queue.sendMany(['1', '2']);
  await group.queue.tick();
  const first = await group.receive('a', 1);
  expect(await group.receive('a', 5)).toEqual(first);
  expect(await group.queue.ack(first[0]?.batch_id)).toBe(1);
  expect(await group.queue.ack(first[0]?.batch_id)).toBe(0);
  expect((await group.receive('a', 5)).map((message) => message.payload)).toEqual(['2']);
});

test('windows without events are passed over in one call', async () => {
  const group = await openGroup(database);
  await group.receive('a');
  for (let i = 0; i < 5; i += 1) await group.queue.tick();
  await group.queue.send('x');
  await group.queue.tick();
  expect((await group.receive('a')).map((message) => message.payload)).toEqual(['x']);
});

test('what one member nacks comes back to the group, once', async () => {
  const group = await openGroup(database);
  await group.queue.sendMany(['fails', 'works']);
  await group.queue.tick();
  const batch = await group.receive('a');
  expect(await group.queue.nack(batch.slice(0, 1))).toBe(1);
  expect(await group.queue.ack(batch[0]?.batch_id)).toBe(1);
  await group.queue.moveRetries();
  expect(await group.receive('b')).toMatchObject([{ payload: 'fails', retry_count: 1 }]);
  expect(await group.receive('a')).toEqual([]);
});

test('a message that dies in the hands of a member is a dead letter of the consumer', async () => {
  const group = await openGroup(database, { max_retries: 0 });
  await group.queue.send('x');
  await group.queue.tick();
  const batch = await group.receive('a');
  expect(await group.queue.nack(batch, '0 seconds', 'no use')).toBe(1);
  expect(await scalar(database, 'select consumer_name from pgque.dlq_inspect($1)', [group.queue.name])).toBe(
    group.queue.consumer,
  );
});

test('a member does not wait for the work that another does in an open transaction', async () => {
  const group = await openGroup(database);
  await group.queue.sendMany(['1', '2']);
  await group.queue.tick();
  await group.receive('a', 1).then(([message]) => group.queue.ack(message?.batch_id));
  await group.register('b');
  await other.query('begin');
  expect(await group.as(other).receive('a', 1)).toHaveLength(1);
  await database.query(`set statement_timeout = '5s'`);
  expect(await group.receive('b', 1)).toEqual([]);
  await database.query('reset statement_timeout');
  await other.query('rollback');
  expect(await group.receive('b', 1)).toHaveLength(1);
});

test('a consumer with members, and a member, cannot be read as a normal one, nor unsubscribed', async () => {
  const group = await openGroup(database);
  await group.register('a');
  const { queue } = group;
  await expect(queue.receive()).rejects.toMatchObject({ code: 'QU017' });
  await expect(queue.as(database, `${queue.consumer}.a`).receive()).rejects.toMatchObject({ code: 'QU017' });
  await expect(database.query('select pgque.unsubscribe($1, $2)', [queue.name, queue.consumer])).rejects.toMatchObject({
    code: 'QU017',
  });
});

test('members are listed under the consumer, and hold rotation only while they have a batch', async () => {
  const group = await openGroup(database);
  await group.queue.send('x');
  await group.queue.tick();
  const [message] = await group.receive('a');
  const list = () =>
    database.query<{ consumer_name: string; current_batch: bigint | null }>(
      'select consumer_name, current_batch from pgque.get_consumer_info($1)',
      [group.queue.name],
    );
  expect(
    (await list()).filter((row) => row.consumer_name.startsWith('group') && !row.consumer_name.endsWith('first')),
  ).toEqual([
    { consumer_name: group.queue.consumer, current_batch: null },
    { consumer_name: `${group.queue.consumer}.a`, current_batch: message?.batch_id },
  ]);
  await group.queue.ack(message?.batch_id);
  expect((await list()).every((row) => row.current_batch === null)).toBe(true);
});
