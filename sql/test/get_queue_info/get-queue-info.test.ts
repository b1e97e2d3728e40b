import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue } from '../support/queue-driver.ts';
import { rotateAtOnce, rotateEventLog } from '../support/rotation.ts';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();
const info = async (name: string | null) =>
  await database.query<Record<string, unknown>>('select * from pgque.get_queue_info($1)', [name]);
const newEvents = (name: string) => scalar<bigint>(database, 'select ev_new from pgque.get_queue_info($1)', [name]);

test('the columns are those of the contract, in their order, with the settings of the queue', async () => {
  const queue = await openQueue(database, {
    ticker_max_count: 7,
    ticker_max_lag: '1 second',
    rotation_period: '1 hour',
  });
  const [row, ...others] = await info(queue.name);
  expect(others).toEqual([]);
  expect(Object.keys(row ?? {})).toEqual([
    'queue_name',
    'queue_ntables',
    'queue_cur_table',
    'queue_rotation_period',
    'queue_switch_time',
    'queue_external_ticker',
    'queue_ticker_paused',
    'queue_ticker_max_count',
    'queue_ticker_max_lag',
    'queue_ticker_idle_period',
    'ticker_lag',
    'ev_per_sec',
    'ev_new',
    'last_tick_id',
  ]);
  expect(row).toMatchObject({
    queue_name: queue.name,
    queue_ntables: 3,
    queue_cur_table: 0,
    queue_rotation_period: { hours: 1 },
    queue_switch_time: expect.any(Date),
    queue_external_ticker: false,
    queue_ticker_paused: false,
    queue_ticker_max_count: 7,
    queue_ticker_max_lag: { seconds: 1 },
    queue_ticker_idle_period: { minutes: 1 },
    ev_per_sec: null,
    ev_new: 0n,
    last_tick_id: 1n,
  });
});

test('without a name all queues are listed by name', async () => {
  const queue = await openQueue(database);
  const names = (await info(null)).map((row) => row['queue_name']);
  expect(names).toContain(queue.name);
  expect(names).toEqual(names.toSorted());
  expect(await scalar(database, 'select count(*) from pgque.queue')).toBe(BigInt(names.length));
});

test('ev_new counts events that no tick has seen: not gaps, not what is open, not what was rolled back', async () => {
  const queue = await openQueue(database);
  const session = await database.connect();
  await session.query('begin');
  await queue.as(session).sendMany(['a', 'b', 'c']);
  await session.query('rollback');
  await queue.sendMany(['d', 'e']);
  await scalar(database, 'select pgque.force_next_tick($1)', [queue.name]);
  expect(await newEvents(queue.name)).toBe(2n);
  await session.query('begin');
  await queue.as(session).send('open');
  expect(await newEvents(queue.name)).toBe(2n);
  await queue.tick();
  expect(await newEvents(queue.name)).toBe(0n);
  await session.query('commit');
  expect(await newEvents(queue.name)).toBe(1n);
});

test('ticker_lag is the age of the newest tick, ev_per_sec the rate between ticks', async () => {
  const queue = await openQueue(database);
  await queue.sendMany(['a', 'b']);
  await queue.tick();
  await database.query(`update pgque.tick set tick_time = tick_time - interval '10 minutes'
    where queue_id = (select queue_id from pgque.queue where queue_name = '${queue.name}')`);
  const isOld = `select ticker_lag between '10 minutes' and '11 minutes' from pgque.get_queue_info($1)`;
  expect(await scalar(database, isOld, [queue.name])).toBe(true);
  expect(await scalar(database, 'select ev_per_sec > 0 from pgque.get_queue_info($1)', [queue.name])).toBe(true);
});

test('queue_cur_table and queue_switch_time follow rotation', async () => {
  const queue = await openQueue(database);
  const [before] = await info(queue.name);
  await rotateAtOnce(queue);
  await queue.send('x');
  await rotateEventLog(queue);
  await database.query('select pgque.maint()');
  const [after] = await info(queue.name);
  expect(after?.['queue_cur_table']).toBe(1);
  expect(Number(after?.['queue_switch_time'])).toBeGreaterThan(Number(before?.['queue_switch_time']));
});

test('an unknown queue is refused', async () => {
  await expect(info('nope')).rejects.toMatchObject({ code: 'QU001', message: 'queue not found: nope' });
});
