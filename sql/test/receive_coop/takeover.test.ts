import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openGroup } from '../support/group-driver.ts';

const database = await openTestDatabase();
const other = await database.connect();

test('the batch of a silent member is taken over before new ones, under a new id, and the old id works no more', async () => {
  const group = await openGroup(database);
  await group.queue.sendMany(['1', '2', '3']);
  await group.queue.tick();
  const held = await group.receive('a', 2);
  const taken = await group.receive('b', 2, '0 seconds');
  expect(taken.map((message) => message.payload)).toEqual(['1', '2']);
  expect(taken[0]?.batch_id).not.toBe(held[0]?.batch_id);
  expect(await group.queue.ack(held[0]?.batch_id)).toBe(0);
  await expect(group.queue.nack(held)).rejects.toMatchObject({ code: 'QU003' });
  expect(await group.touch('a')).toBe(0);
  expect(await group.queue.ack(taken[0]?.batch_id)).toBe(1);
  expect((await group.receive('a', 2, '0 seconds')).map((message) => message.payload)).toEqual(['3']);
});

test('a member that was heard of within dead_interval keeps its batch, and without dead_interval nobody loses one', async () => {
  const group = await openGroup(database);
  await group.queue.send('x');
  await group.queue.tick();
  const [message] = await group.receive('a');
  expect(await group.receive('b', 100, '1 hour')).toEqual([]);
  expect(await group.receive('b')).toEqual([]);
  expect(await group.touch('a')).toBe(1);
  expect(await group.queue.ack(message?.batch_id)).toBe(1);
  expect(await group.touch('a')).toBe(0);
});

test('a member in the middle of a transaction is not taken over', async () => {
  const group = await openGroup(database);
  await group.queue.send('x');
  await group.queue.tick();
  const [message] = await group.receive('a');
  await other.query('begin');
  expect(await group.queue.as(other).ack(message?.batch_id)).toBe(1);
  expect(await group.receive('b', 100, '0 seconds')).toEqual([]);
  await other.query('rollback');
  expect(await group.receive('b', 100, '0 seconds')).toHaveLength(1);
});
