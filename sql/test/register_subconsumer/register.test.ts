import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { GroupDriver, openGroup } from '../support/group-driver.ts';
import { openQueue } from '../support/queue-driver.ts';

const database = await openTestDatabase();

test('a member is registered once, and with it the consumer', async () => {
  const group = await openGroup(database);
  expect(await group.register('a')).toBe(1);
  expect(await group.register('a')).toBe(0);
});

test('a normal consumer is converted only when asked, and only without an open batch', async () => {
  const queue = await openQueue(database);
  const group = new GroupDriver(queue);
  await expect(group.register('a')).rejects.toMatchObject({ code: 'QU018' });
  await expect(group.receive('a')).rejects.toMatchObject({ code: 'QU018' });
  await queue.send('x');
  await queue.tick();
  const [message] = await queue.receiveSome();
  await expect(group.register('a', true)).rejects.toMatchObject({ code: 'QU019' });
  await queue.ack(message.batch_id);
  expect(await group.register('a', true)).toBe(1);
});

test('the last member to leave turns the consumer normal again, where the group stood', async () => {
  const group = await openGroup(database);
  await group.queue.sendMany(['1', '2']);
  await group.queue.tick();
  await group.queue.ack((await group.receive('first', 1))[0]?.batch_id);
  expect(await group.unregister('first')).toBe(1);
  expect(await group.unregister('first')).toBe(0);
  expect(await group.queue.receivePayloads()).toEqual(['2']);
});

test.each([
  ['a.b', 'c'],
  ['a', 'b.c'],
  ['', 'a'],
  ['a', ''],
  [null, 'a'],
  ['a', null],
])('consumer %j with member %j is refused', async (consumer, member) => {
  const { name } = await openQueue(database);
  await expect(
    database.query('select pgque.register_subconsumer($1, $2, $3)', [name, consumer, member]),
  ).rejects.toMatchObject({ code: 'QU005' });
});

test('a member does not take the name of a normal consumer', async () => {
  const group = await openGroup(database);
  await group.queue.as(database, 'group.taken').subscribe();
  await expect(group.register('taken')).rejects.toMatchObject({ code: 'QU018' });
});

test('a member with an open batch leaves only when its messages are given back', async () => {
  const group = await openGroup(database);
  await group.queue.sendMany(['1', '2']);
  await group.queue.tick();
  await group.receive('a');
  await expect(group.unregister('a')).rejects.toMatchObject({ code: 'QU019' });
  expect(await group.unregister('a', 1)).toBe(1);
  expect(await group.queue.moveRetries()).toBe(2);
  expect(await group.receive('first')).toMatchObject([
    { payload: '1', retry_count: 1 },
    { payload: '2', retry_count: 1 },
  ]);
});

test('whole windows are handed out by next_batch, empty ones too', async () => {
  const group = await openGroup(database);
  await group.queue.tick();
  await group.queue.send('x');
  await group.queue.tick();
  const next = async (member: string): Promise<bigint | null | undefined> => {
    const call = 'select pgque.next_batch($1, $2, $3) as batch';
    return (await database.query<{ batch: bigint | null }>(call, [group.queue.name, 'group', member]))[0]?.batch;
  };
  const [a, b] = [await next('first'), await next('b')];
  const events = async (batch: bigint | null | undefined): Promise<unknown[]> =>
    database.query('select ev_data from pgque.get_batch_events($1)', [batch]);
  expect(await events(a)).toEqual([]);
  expect(await events(b)).toEqual([{ ev_data: 'x' }]);
  expect(await next('c')).toBe(null);
});
