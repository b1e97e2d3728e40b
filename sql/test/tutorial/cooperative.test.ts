import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { GroupDriver } from '../support/group-driver.ts';
import type { Message } from '../support/queue-driver.ts';
import { QueueDriver } from '../support/queue-driver.ts';
import { rows } from '../support/rows.ts';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();
const orders = new QueueDriver(database, 'orders', 'processor');
const workers = new GroupDriver(orders);
await database.query(`select pgque.create_queue('orders')`);

const receiveAs = (worker: string): Promise<Message[]> =>
  rows(database, `select * from pgque.receive_coop('orders', 'processor', $1, 100)`, [worker]);

/** Sends some events, and makes each a window of its own. */
async function sendEach(...payloads: string[]): Promise<void> {
  for (const payload of payloads) {
    await orders.send(payload);
    await orders.tick();
  }
}

let first: Message[] = [];

test('workers register consumer and member by their first call', async () => {
  expect(await receiveAs('worker-1')).toEqual([]);
  expect(await receiveAs('worker-2')).toEqual([]);
  expect(
    await rows(database, `select consumer_name from pgque.get_consumer_info('orders') order by consumer_name`),
  ).toEqual([
    { consumer_name: 'processor' },
    { consumer_name: 'processor.worker-1' },
    { consumer_name: 'processor.worker-2' },
  ]);
});

test('each has a batch of its own, and acknowledges it by its id', async () => {
  await sendEach('a', 'b');
  first = await receiveAs('worker-1');
  const second = await receiveAs('worker-2');
  expect([...first, ...second].map(({ payload }) => payload)).toEqual(['a', 'b']);
  expect(second[0]?.batch_id).not.toBe(first[0]?.batch_id);
  expect(await orders.ack(second[0]?.batch_id)).toBe(1);
  expect(await receiveAs('worker-1')).toEqual(first);
});

test('the batch of a worker that is silent for longer than dead_interval goes to another, under a new id', async () => {
  const take = (deadInterval: string): Promise<Message[]> =>
    rows(database, `select * from pgque.receive_coop('orders', 'processor', 'worker-2', 100, $1::interval)`, [
      deadInterval,
    ]);
  expect(await take('5 minutes')).toEqual([]);
  await rows(database, `update pgque.cursor set changed_at = changed_at - interval '6 minutes'`);
  const taken = await take('5 minutes');
  expect(taken.map(({ payload }) => payload)).toEqual(['a']);
  expect(taken[0]?.batch_id).not.toBe(first[0]?.batch_id);

  expect(await orders.ack(first[0]?.batch_id)).toBe(0);
  await expect(orders.nack(first)).rejects.toMatchObject({ code: 'QU003' });
  expect(await orders.ack(taken[0]?.batch_id)).toBe(1);
});

test('a normal consumer is converted when it is asked for, and has no open batch', async () => {
  const normal = orders.as(database, 'normal');
  await normal.subscribe();
  await sendEach('c', 'd');
  const [message] = await normal.receiveSome(1);
  const convert = (): Promise<number> =>
    scalar(database, `select pgque.register_subconsumer('orders', 'normal', 'worker-1', convert_normal => true)`);
  await expect(
    scalar(database, `select pgque.register_subconsumer('orders', 'normal', 'worker-1')`),
  ).rejects.toMatchObject({ code: 'QU018' });
  await expect(convert()).rejects.toMatchObject({ code: 'QU019' });
  await normal.ack(message.batch_id);
  expect(await convert()).toBe(1);
  expect((await new GroupDriver(normal).receive('worker-1')).map(({ payload }) => payload)).toEqual(['d']);
});

test('members that are registered first share what comes then', async () => {
  expect(await scalar(database, `select pgque.register_subconsumer('orders', 'processor', 'worker-3')`)).toBe(1);
  expect(await scalar(database, `select pgque.register_subconsumer('orders', 'processor', 'worker-3')`)).toBe(0);
  await sendEach('e');
  const batches = [await workers.receive('worker-3'), await workers.receive('worker-1')];
  expect(batches.flat().map(({ payload }) => payload)).toEqual(['c', 'd']);
  for (const [message] of batches) expect(await orders.ack(message?.batch_id)).toBe(1);
  expect((await workers.receive('worker-2')).map(({ payload }) => payload)).toEqual(['e']);
});
