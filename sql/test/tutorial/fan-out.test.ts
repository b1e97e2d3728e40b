import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { QueueDriver } from '../support/queue-driver.ts';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();
const orders = new QueueDriver(database, 'orders', 'processor');
const consumers = ['audit_logger', 'notification_sender', 'analytics_pipeline'].map((name) =>
  orders.as(database, name),
);
await database.query(`select pgque.create_queue('orders')`);

const exactlyOnce = `
  with msgs as (
    select * from pgque.receive('orders', 'processor', 100)
  ),
  inserted as (
    insert into processed_orders (order_id, status)
    select (payload::jsonb->>'order_id')::int, 'done'
    from msgs
  )
  select pgque.ack((select batch_id from msgs limit 1))`;

test('each of three consumers receives the same event', async () => {
  for (const consumer of consumers) expect(await consumer.subscribe()).toBe(1);
  await database.query(`select pgque.send('orders', 'order.created', '{"order_id": 1}'::jsonb)`);
  await orders.tick();
  for (const consumer of consumers) {
    expect(await consumer.receive()).toMatchObject([{ type: 'order.created', payload: '{"order_id": 1}' }]);
  }
});

test('an ack of one consumer does not move the others', async () => {
  const [first, second, third] = consumers;
  const [message] = (await first?.receiveSome()) ?? [];
  expect(await first?.ack(message?.batch_id)).toBe(1);
  expect(await first?.receive()).toEqual([]);
  expect(await second?.receive()).toHaveLength(1);
  expect(await third?.receive()).toHaveLength(1);
});

test('a new consumer does not see what was sent before it subscribed', async () => {
  await orders.subscribe();
  await orders.tick();
  expect(await orders.receive()).toEqual([]);
});

test('receive, work and ack in one statement are done exactly once', async () => {
  await database.query('create table processed_orders (order_id int, status text)');
  await orders.sendMany(['{"order_id": 7}', '{"order_id": 8}']);
  await orders.tick();
  expect(await scalar(database, exactlyOnce)).toBe(1);
  expect(await scalar(database, exactlyOnce)).toBe(0);
  expect(await database.query('select * from processed_orders order by order_id')).toEqual([
    { order_id: 7, status: 'done' },
    { order_id: 8, status: 'done' },
  ]);
});

test('work that is rolled back is received again, and done once', async () => {
  await orders.send('{"order_id": 9}');
  await orders.tick();
  const worker = await database.connect();
  await worker.query('begin');
  expect(await scalar(worker, exactlyOnce)).toBe(1);
  await worker.query('rollback');
  expect(await scalar(worker, exactlyOnce)).toBe(1);
  expect(await scalar(database, 'select count(*) from processed_orders where order_id = 9')).toBe(1n);
});
