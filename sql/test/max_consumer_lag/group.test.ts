import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { fallBehind, gaps, maintain, openGroupWithLimit, storedEvents } from '../support/late-consumer.ts';
import { rotateEventLog } from '../support/rotation.ts';

const database = await openTestDatabase();

test('a group that nobody reads for is moved as a normal consumer is', async () => {
  const group = await openGroupWithLimit(database);
  const { queue } = group;
  await queue.sendMany(['1', '2', '3']);
  await queue.tick();
  await queue.ack((await group.receive('a', 1))[0]?.batch_id);
  await fallBehind(database);
  await maintain(queue);
  expect(await gaps(queue)).toMatchObject([{ consumer_name: 'group', events: 2n }]);
  await queue.send('4');
  await queue.tick();
  expect((await group.receive('b')).map((message) => message.payload)).toEqual(['4']);
});

test('a member loses a batch that is too old, and with it the token; what others hold and the position stay', async () => {
  const group = await openGroupWithLimit(database);
  const { queue } = group;
  await queue.sendMany(['1', '2', '3']);
  await queue.tick();
  const lost = await group.receive('a', 2);
  await queue.ack((await group.receive('b', 2))[0]?.batch_id);
  await fallBehind(database);
  await rotateEventLog(queue);
  await queue.send('4');
  await queue.tick();
  const kept = await group.receive('b');
  await maintain(queue);
  expect(await gaps(queue)).toMatchObject([{ consumer_name: 'group.a', events: 2n }]);
  expect(await queue.ack(lost[0]?.batch_id)).toBe(0);
  await expect(queue.nack(lost)).rejects.toMatchObject({ code: 'QU003' });
  expect(await group.touch('a')).toBe(0);
  expect(kept.map((message) => message.payload)).toEqual(['4']);
  expect(await group.receive('b')).toEqual(kept);
  expect(await queue.ack(kept[0]?.batch_id)).toBe(1);
  await queue.send('5');
  await queue.tick();
  expect((await group.receive('a')).map((message) => message.payload)).toEqual(['5']);
});

test('group and members are moved together, each with a gap of its own, and no event is counted twice', async () => {
  const group = await openGroupWithLimit(database);
  const { queue } = group;
  await queue.sendMany(['1', '2', '3', '4', '5']);
  await queue.tick();
  await group.receive('a', 1);
  await group.receive('b', 2);
  await fallBehind(database);
  await maintain(queue);
  const found = (await gaps(queue)).map(({ consumer_name, events }) => [consumer_name, events]);
  expect(found.toSorted()).toEqual([
    ['group', 2n],
    ['group.a', 1n],
    ['group.b', 2n],
  ]);
  expect(await storedEvents(queue)).toBe(0n);
});

test('a member at work in an open transaction keeps its batch, and with it everybody else', async () => {
  const group = await openGroupWithLimit(database);
  const { queue } = group;
  await queue.sendMany(['1', '2']);
  await queue.tick();
  const [held] = await group.receive('a', 1);
  await group.receive('b', 1);
  await fallBehind(database);
  const worker = await database.connect();
  await worker.query('begin');
  expect(await queue.as(worker).ack(held?.batch_id)).toBe(1);
  await maintain(queue);
  expect(await gaps(queue)).toEqual([]);
  await worker.query('commit');
  await maintain(queue);
  expect(await gaps(queue)).toMatchObject([{ consumer_name: 'group.b', events: 1n }]);
});
