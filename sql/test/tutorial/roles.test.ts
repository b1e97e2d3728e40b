import { randomUUID } from 'node:crypto';
import { openTestDatabase } from '@pgque/testing';
import { afterAll, expect, test } from 'vitest';
import { QueueDriver } from '../support/queue-driver.ts';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();
await database.query(`select pgque.create_queue('orders', '{"max_retries": 0}')`);

// Users belong to the whole cluster, which other test files share.
const suffix = randomUUID().slice(0, 8);
const [appOrders, appWebhook, metrics] = [`app_orders_${suffix}`, `app_webhook_${suffix}`, `metrics_${suffix}`];
await database.query(`
  create user ${appOrders}; grant pgque_reader, pgque_writer to ${appOrders};
  create user ${appWebhook}; grant pgque_writer to ${appWebhook};
  create user ${metrics}; grant pgque_reader to ${metrics}`);
afterAll(() => database.query(`drop user ${appOrders}, ${appWebhook}, ${metrics}`));

const denied = { code: '42501' };

const readerCalls = [
  `select pgque.subscribe('orders', 'other')`,
  `select pgque.unsubscribe('orders', 'other')`,
  `select * from pgque.receive('orders', 'processor')`,
  'select pgque.ack(0)',
  `select pgque.settle(0, null)`,
  'select * from pgque.get_queue_info()',
  'select * from pgque.get_consumer_info()',
  `select * from pgque.dlq_inspect('orders')`,
  'select pgque.version()',
];
const writerCalls = [
  `select pgque.send('orders', 'payload')`,
  `select pgque.send('orders', '{}'::jsonb)`,
  `select pgque.send_batch('orders', array['a', 'b'])`,
  `select pgque.insert_event('orders', 'type', 'data')`,
  `select * from pgque.dlq_replay_all('orders')`,
  'select pgque.version()',
];
const adminCalls = [
  `select pgque.create_queue('orders')`,
  `select pgque.set_queue_config('orders', 'max_retries', '1')`,
  `select pgque.force_next_tick('orders')`,
  'select pgque.ticker()',
  `select pgque.pause_queue('orders')`,
  `select pgque.resume_queue('orders')`,
  'select pgque.maint()',
  'select pgque.maint_retry_events()',
  'select * from pgque.status()',
  `select pgque.dlq_purge('orders')`,
  `select pgque.create_queue('to be dropped')`,
  `select pgque.drop_queue('to be dropped')`,
];
const exclusive = (calls: string[]): string[] => calls.filter((call) => !call.includes('version'));

test('an app with both roles produces and consumes, dead letters included', async () => {
  const session = await database.role(appOrders);
  const orders = new QueueDriver(session, 'orders', 'processor');
  expect(await orders.subscribe()).toBe(1);
  await orders.send('{"order_id": 42}');
  await orders.as(await database.role('pgque_admin')).tick();
  const messages = await orders.receiveSome();
  expect(await orders.nack(messages, '0 seconds', 'broken')).toBe(1);
  expect(await orders.ack(messages[0].batch_id)).toBe(1);
  const deadLetterId = await scalar(session, `select dl_id from pgque.dlq_inspect('orders')`);
  expect(await scalar(session, 'select pgque.dlq_replay($1)', [deadLetterId])).toBeGreaterThan(0n);
});

test('a pure producer produces and can do nothing else', async () => {
  const session = await database.role(appWebhook);
  for (const call of writerCalls) await expect(session.query(call), call).resolves.toBeDefined();
  for (const call of [...exclusive(readerCalls), ...adminCalls]) {
    await expect(session.query(call), call).rejects.toMatchObject(denied);
  }
});

test('a pure consumer consumes and can do nothing else', async () => {
  const session = await database.role(metrics);
  for (const call of readerCalls) await expect(session.query(call), call).resolves.toBeDefined();
  for (const call of [...exclusive(writerCalls), ...adminCalls]) {
    await expect(session.query(call), call).rejects.toMatchObject(denied);
  }
});

test('an admin operates, produces and consumes, but does not uninstall', async () => {
  const session = await database.role('pgque_admin');
  for (const call of [...adminCalls, ...readerCalls, ...writerCalls]) {
    await expect(session.query(call), call).resolves.toBeDefined();
  }
  await expect(session.query('select pgque.uninstall()')).rejects.toMatchObject(denied);
});

const allTables = `
  select c.oid::regclass::text as name from pg_class c
  where c.relnamespace = 'pgque'::regnamespace and c.relkind in ('r', 'p') order by 1`;

test('a reader selects from every table and writes to none', async () => {
  const session = await database.role(metrics);
  const tables = await database.query<{ name: string }>(allTables);
  expect(tables.map(({ name }) => name)).toContain('pgque.event_1_0');
  for (const { name } of tables) {
    await expect(session.query(`select * from ${name}`), name).resolves.toBeDefined();
    await expect(session.query(`insert into ${name} default values`), name).rejects.toMatchObject(denied);
    await expect(session.query(`delete from ${name}`), name).rejects.toMatchObject(denied);
    await expect(session.query(`truncate ${name}`), name).rejects.toMatchObject(denied);
  }
});

test('a writer reads no table', async () => {
  const session = await database.role(appWebhook);
  for (const { name } of await database.query<{ name: string }>(allTables)) {
    await expect(session.query(`select * from ${name}`), name).rejects.toMatchObject(denied);
  }
});

test('whoever learns a batch id can acknowledge it, whichever consumer opened it', async () => {
  const opener = new QueueDriver(await database.role(appOrders), 'orders', 'processor');
  await opener.send('once more');
  await opener.as(database).tick();
  const [message] = await opener.receiveSome();
  expect(await opener.as(await database.role(metrics)).ack(message.batch_id)).toBe(1);
});
