import { expect, test } from 'vitest';
import { buildInstallScript } from '../../build.ts';
import { rename } from '../../naming.ts';
import { describeCatalog } from '../support/catalog.ts';
import { QueueDriver } from '../support/queue-driver.ts';
import { rows } from '../support/rows.ts';
import { scalar } from '../support/scalar.ts';
import { openTenants, type Tenant } from '../support/tenants.ts';

const { database, tenants } = await openTenants();
const [standard, own, sharing] = tenants;

/** The queue of this name that each install has. */
const queues = tenants.map(({ schema }) => new QueueDriver(database, 'orders', 'reader', schema));
for (const queue of queues) {
  await database.query(`select ${queue.schema}.create_queue('orders', '{"max_retries": 0}')`);
  await queue.subscribe();
}

const denied = { code: '42501' };
const admin = ({ rolePrefix }: Tenant) => database.role(`${rolePrefix}_admin`);

test.each([own, sharing])('what makes up $schema is what makes up pgque, under other names', async (tenant) => {
  const renamed = rename(JSON.stringify(await describeCatalog(database)), tenant);
  // The partition of the queue above is there as well.
  expect(await describeCatalog(database, tenant.schema)).toEqual(JSON.parse(renamed));
});

test('each queue gets its own events and retries, and its own dead letters', async () => {
  for (const queue of queues) await queue.sendMany([`of ${queue.schema}`, `dead in ${queue.schema}`]);
  for (const queue of queues) await queue.tick();
  for (const queue of queues) {
    const [message, dead] = await queue.receiveSome();
    expect([message.payload, dead?.payload]).toEqual([`of ${queue.schema}`, `dead in ${queue.schema}`]);
    await queue.nack(dead ? [dead] : []);
    await queue.ack(message.batch_id);
    expect(await queue.moveRetries()).toBe(0);
    const letters = await database.query(`select ev_data from ${queue.schema}.dead_letter`);
    expect(letters).toEqual([{ ev_data: `dead in ${queue.schema}` }]);
  }
});

test('a batch of one install is unknown to the others', async () => {
  for (const queue of queues) await queue.sendMany(['x']);
  for (const queue of queues) await queue.tick();
  const [, ownQueue] = queues;
  const [message] = (await ownQueue?.receiveSome()) ?? [];
  for (const queue of queues.filter((other) => other !== ownQueue)) {
    expect(await queue.ack(message?.batch_id)).toBe(0);
  }
  expect(await ownQueue?.ack(message?.batch_id)).toBe(1);
});

test('each ticker, mover, rotation and operator has locks of its own', async () => {
  const holder = await database.connect();
  await holder.query('begin');
  for (const task of ['ticker()', 'maint()', 'maint_retry_events()', `create_queue('held')`, 'lead_ticker()']) {
    await holder.query(`select pgque.${task}`);
  }
  const session = await database.connect();
  await session.query(`set lock_timeout = '5s'`);
  for (const { schema } of [own, sharing]) {
    await session.query(
      `begin; select ${schema}.ticker(), ${schema}.maint_retry_events(), ${schema}.create_queue('free')`,
    );
    // True, because this one leads in its own install; a rotation that others held would move nothing.
    expect(await scalar(session, `select ${schema}.lead_ticker()`)).toBe(true);
    expect(await scalar(session, `select ${schema}._begin_maint('test')`)).toBe(true);
    await session.query('rollback; select pg_advisory_unlock_all()');
  }
  await holder.query('rollback; select pg_advisory_unlock_all()');
});

test('a transaction may rotate each install once', async () => {
  const session = await database.connect();
  await session.query('begin');
  for (const expected of [true, false]) {
    for (const { schema } of tenants) {
      expect(await scalar(session, `select ${schema}._begin_maint('test')`)).toBe(expected);
    }
  }
  await session.query('rollback');
});

test('a tick is announced on the channel of its install alone', async () => {
  const listener = await database.connect();
  const heard: string[] = [];
  listener.on('notification', ({ channel }) => heard.push(channel));
  const channels = ['pgque_orders', 'tenant_a.orders', 'tenant_b.orders'];
  for (const channel of channels) await listener.query(`listen "${channel}"`);
  for (const [index, queue] of queues.entries()) {
    await queue.send('x');
    await queue.tick();
    // Answers come after what was announced before.
    await listener.query('select 1');
    expect(heard.splice(0)).toEqual([channels[index]]);
  }
});

test('health, metrics, status and statistics of an install speak of its own queues', async () => {
  await database.query(`select tenant_a.create_queue('only here')`);
  const names = (schema: string) =>
    rows<{ queue_name: string }>(database, `select queue_name from ${schema}.get_queue_info() order by 1`);
  expect(await names('tenant_a')).toEqual([{ queue_name: 'only here' }, { queue_name: 'orders' }]);
  expect(await names('tenant_b')).toEqual([{ queue_name: 'orders' }]);
  const inMetrics = (schema: string) =>
    scalar(database, `select count(*) from ${schema}.metrics() where labels ->> 'queue' = 'only here'`);
  expect(await inMetrics('tenant_a')).toBeGreaterThan(0n);
  expect(await inMetrics('pgque')).toBe(0n);

  // For a day nobody has ticked in one of them.
  await database.query(`update tenant_b.tick set tick_time = tick_time - interval '1 day'`);
  const ticker = (schema: string) =>
    rows(database, `select status, hint from ${schema}.health() where check_name = 'ticker'`);
  expect(await ticker('tenant_b')).toMatchObject([
    { status: 'fail', hint: expect.stringContaining('tenant_b.ticker()') },
  ]);
  for (const { schema } of [standard, own]) {
    await database.query(`select ${schema}.ticker()`);
    expect(await ticker(schema)).toMatchObject([{ status: 'ok' }]);
  }
  await database.query('select tenant_b.ticker()');
});

test('a scheduler of one install is none of another whose name its own ends with', async () => {
  await database.query(buildInstallScript({ schema: 'b', rolePrefix: 'pgque' }));
  const ticking = await database.connect();
  await ticking.query(`set application_name = 'of tenant_b'; select tenant_b.ticker()`);
  const schedulers = (schema: string) => scalar(database, `select detail from ${schema}._check_schedulers()`);
  expect(await schedulers('tenant_b')).toContain('of tenant_b');
  expect(await schedulers('b')).not.toContain('of tenant_b');
});

test('names of queues have the bytes that their channel has left', async () => {
  const listener = await database.connect();
  const heard: string[] = [];
  listener.on('notification', ({ channel }) => heard.push(channel));
  const longest = 'x'.repeat(54);
  await database.query(`select tenant_a.create_queue('${longest}')`);
  await listener.query(`listen "tenant_a.${longest}"`);
  await new QueueDriver(database, longest, 'reader', 'tenant_a').tick();
  await listener.query('select 1');
  expect(heard).toEqual([`tenant_a.${longest}`]);
  await expect(database.query(`select tenant_a.create_queue('${longest}x')`)).rejects.toMatchObject({
    code: 'QU008',
    message: 'queue name too long: 55 bytes (max 54)',
    hint: 'A queue name has 1 to 54 bytes.',
  });
  await database.query(`select pgque.create_queue('${longest}xyz')`);
});

test('roles of its own have no rights in another install, shared ones have', async () => {
  const ownAdmin = await admin(own);
  await ownAdmin.query(`select tenant_a.send('orders', 'x'::text), tenant_a.ticker()`);
  for (const { schema } of [standard, sharing]) {
    await expect(ownAdmin.query(`select ${schema}.send('orders', 'x'::text)`)).rejects.toMatchObject(denied);
    await expect(ownAdmin.query(`select count(*) from ${schema}.queue`)).rejects.toMatchObject(denied);
  }
  const sharedAdmin = await admin(sharing);
  await sharedAdmin.query(`select pgque.send('orders', 'x'::text), tenant_b.send('orders', 'x'::text)`);
  await expect(sharedAdmin.query(`select tenant_a.send('orders', 'x'::text)`)).rejects.toMatchObject(denied);
});

test('capture triggers write to the install that they are of', async () => {
  await database.query('create table items (id integer primary key)');
  for (const { schema } of tenants) {
    await database.query(
      `create trigger ${schema} after insert on items for each row execute function ${schema}.jsontriga('orders')`,
    );
    await new QueueDriver(database, 'orders', 'reader', schema).drain();
  }
  await database.query('drop trigger pgque on items; insert into items values (1)');
  const received: string[][] = [];
  for (const queue of queues) {
    await queue.tick();
    received.push((await queue.drain()).map(({ payload }) => payload ?? '').filter((payload) => payload !== 'x'));
  }
  expect(received).toEqual([[], ['{"id":1}'], ['{"id":1}']]);
});

test('a file run again over one of them leaves the others alone', async () => {
  const before = [await describeCatalog(database), await describeCatalog(database, 'tenant_b')];
  await database.query(own.script);
  expect([await describeCatalog(database), await describeCatalog(database, 'tenant_b')]).toEqual(before);
});

test('a schema that holds something else is refused, and stays as it is', async () => {
  await database.query('create schema shop; create table shop.customers (id integer)');
  await expect(database.query(buildInstallScript({ schema: 'shop', rolePrefix: 'pgque' }))).rejects.toMatchObject({
    code: '42P06',
    message: 'schema "shop" holds something else',
  });
  expect(Object.keys(await describeCatalog(database, 'shop'))).not.toContain('relation queue');
});
