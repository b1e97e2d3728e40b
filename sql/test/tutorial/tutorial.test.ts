import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { scalar } from '../support/scalar.ts';

// The steps of the tutorial in its order, each statement a transaction of its own, as in psql.
const database = await openTestDatabase();

const nackOne = (reason: string): string => `
  do $$
  declare
    v_msg pgque.message;
  begin
    select * into v_msg from pgque.receive('orders', 'processor', 1) limit 1;
    perform pgque.nack(v_msg.batch_id, v_msg, '0 seconds'::interval, '${reason}');
    perform pgque.ack(v_msg.batch_id);
  end $$`;

async function tick(): Promise<void> {
  await database.query(`select pgque.force_next_tick('orders')`);
  await database.query('select pgque.ticker()');
}

test('the install says its version', async () => {
  expect(await scalar(database, 'select pgque.version()')).toMatch(/^\d+\.\d+\.\d+/);
});

test('create_queue and subscribe answer 1', async () => {
  expect(await database.query(`select pgque.create_queue('orders')`)).toEqual([{ create_queue: 1 }]);
  expect(await database.query(`select pgque.subscribe('orders', 'processor')`)).toEqual([{ subscribe: 1 }]);
});

test('the first event has the id 1', async () => {
  expect(await database.query(`select pgque.send('orders', '{"order_id": 42, "total": 99.95}'::jsonb)`)).toEqual([
    { send: 1n },
  ]);
});

test('without a tick nothing is received', async () => {
  expect(await database.query(`select * from pgque.receive('orders', 'processor', 100)`)).toEqual([]);
});

test('force_next_tick answers the seeded tick 1, ticker one queue', async () => {
  expect(await database.query(`select pgque.force_next_tick('orders')`)).toEqual([{ force_next_tick: 1n }]);
  expect(await database.query('select pgque.ticker()')).toEqual([{ ticker: 1n }]);
});

test('after the tick the event is received, canonical, with no retry count', async () => {
  const received = await database.query(`select * from pgque.receive('orders', 'processor', 100)`);
  expect(received).toEqual([
    {
      msg_id: 1n,
      batch_id: 1n,
      type: 'default',
      payload: '{"total": 99.95, "order_id": 42}',
      retry_count: null,
      created_at: expect.any(Date),
      extra1: null,
      extra2: null,
      extra3: null,
      extra4: null,
    },
  ]);
  expect(await database.query(`select * from pgque.receive('orders', 'processor', 100)`)).toEqual(received);
});

test('ack answers 1 and nothing is left', async () => {
  const batchId = await scalar(database, `select batch_id from pgque.receive('orders', 'processor', 100) limit 1`);
  expect(await database.query('select pgque.ack($1)', [batchId])).toEqual([{ ack: 1 }]);
  expect(await database.query(`select * from pgque.receive('orders', 'processor', 100)`)).toEqual([]);
});

test('a nacked message comes back with its id, a new batch and retry_count 1', async () => {
  await database.query(`select pgque.set_queue_config('orders', 'max_retries', '2')`);
  await database.query(`select pgque.send('orders', '{"order_id": 43, "total": 10.00}'::jsonb)`);
  await tick();
  const [first] = await database.query(`select * from pgque.receive('orders', 'processor', 100)`);
  expect(first).toMatchObject({ payload: '{"total": 10.00, "order_id": 43}', retry_count: null });

  await database.query(nackOne('simulated failure'));
  expect(await database.query('select pgque.maint_retry_events()')).toEqual([{ maint_retry_events: 1 }]);
  await tick();
  const [again, ...others] = await database.query(`select * from pgque.receive('orders', 'processor', 100)`);
  expect(others).toEqual([]);
  expect(again).toMatchObject({ msg_id: first?.['msg_id'], payload: first?.['payload'], retry_count: 1 });
  expect(again?.['batch_id']).toBeGreaterThan(first?.['batch_id'] as bigint);
});

test('after two more nacks it is a dead letter and receive returns nothing', async () => {
  for (let round = 0; round < 2; round += 1) {
    await database.query(nackOne('still failing'));
    await database.query('select pgque.maint_retry_events()');
    await tick();
  }
  expect(await database.query(`select * from pgque.receive('orders', 'processor', 100)`)).toEqual([]);
  expect(
    await database.query(`select dl_id, dl_reason, ev_id, ev_retry, ev_data from pgque.dlq_inspect('orders')`),
  ).toEqual([
    {
      dl_id: 1n,
      dl_reason: 'still failing',
      ev_id: expect.any(BigInt),
      ev_retry: 2,
      ev_data: '{"total": 10.00, "order_id": 43}',
    },
  ]);
});

test('dlq_replay puts it back under a fresh id and removes the entry', async () => {
  const deadId = await scalar<bigint>(database, `select ev_id from pgque.dlq_inspect('orders')`);
  expect(await scalar<bigint>(database, 'select pgque.dlq_replay(1)')).toBeGreaterThan(deadId);
  expect(await database.query(`select * from pgque.dlq_inspect('orders')`)).toEqual([]);
  await tick();
  const received = await database.query(`select * from pgque.receive('orders', 'processor', 100)`);
  expect(received).toMatchObject([{ payload: '{"total": 10.00, "order_id": 43}', retry_count: null }]);
  await database.query('select pgque.ack($1)', [received[0]?.['batch_id']]);
  expect(await scalar(database, `select pgque.dlq_purge('orders', '0 seconds'::interval)`)).toBe(0);
});

test('get_queue_info, get_consumer_info and status show a healthy system', async () => {
  expect(
    await database.query(`
      select queue_name, ticker_lag < '1 minute' as is_ticked, ev_per_sec, ev_new, last_tick_id
      from pgque.get_queue_info('orders')`),
  ).toEqual([{ queue_name: 'orders', is_ticked: true, ev_per_sec: expect.any(Number), ev_new: 0n, last_tick_id: 7n }]);
  expect(
    await database.query(`
      select queue_name, consumer_name, lag < '1 minute' as is_close, last_seen < '1 minute' as is_alive, pending_events
      from pgque.get_consumer_info('orders', 'processor')`),
  ).toEqual([{ queue_name: 'orders', consumer_name: 'processor', is_close: true, is_alive: true, pending_events: 0n }]);
  expect(await database.query('select * from pgque.status()')).toEqual([
    { component: 'postgresql', status: 'info', detail: expect.stringMatching(/^PostgreSQL \d+/) },
    { component: 'pgque', status: 'info', detail: await scalar(database, 'select pgque.version()') },
    { component: 'pg_cron', status: 'unavailable', detail: expect.stringMatching(/^pg_cron not installed/) },
    { component: 'queues', status: 'info', detail: '1 queues configured' },
    { component: 'consumers', status: 'info', detail: '1 active subscriptions' },
  ]);
});
