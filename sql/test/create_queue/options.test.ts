import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();
const create = (name: string, options: string | null) =>
  scalar<number>(database, 'select pgque.create_queue($1, $2::jsonb)', [name, options]);
const config = (name: string) => scalar<Record<string, unknown>>(database, 'select pgque.get_queue_config($1)', [name]);

test('a second create_queue answers 0 and leaves settings alone', async () => {
  expect(await create('twice', '{"max_retries": 3}')).toBe(1);
  expect(await create('twice', '{"max_retries": 4}')).toBe(0);
  expect(await scalar(database, `select pgque.create_queue('twice')`)).toBe(0);
  expect(await config('twice')).toMatchObject({ max_retries: 3 });
});

test('a queue without options has the documented defaults', async () => {
  await database.query(`select pgque.create_queue('plain')`);
  expect(await config('plain')).toEqual({
    ticker_max_count: 500,
    ticker_max_lag: '00:00:03',
    ticker_idle_period: '00:01:00',
    ticker_paused: false,
    external_ticker: false,
    rotation_period: '02:00:00',
    max_retries: 5,
    max_consumer_lag: null,
    disable_insert: false,
  });
});

test('options are settings, of any JSON type, with or without the prefix queue_', async () => {
  await create(
    'tuned',
    '{"ticker_max_count": 10, "queue_ticker_max_lag": "1 second", "ticker_paused": true, "max_retries": "0"}',
  );
  expect(await config('tuned')).toMatchObject({
    ticker_max_count: 10,
    ticker_max_lag: '00:00:01',
    ticker_paused: true,
    max_retries: 0,
  });
});

test('a bad option leaves no queue behind', async () => {
  await expect(create('bad', '{"max_retries": -1}')).rejects.toMatchObject({ code: 'QU012' });
  await expect(create('bad', '{"no_such_setting": 1}')).rejects.toMatchObject({
    code: 'QU012',
    message: 'unknown queue setting: no_such_setting',
  });
  await expect(create('bad', '[1]')).rejects.toMatchObject({ code: 'QU005' });
  expect(await create('bad', '{}')).toBe(1);
});

test('NULL options and JSON null values mean the defaults', async () => {
  expect(await create('null options', null)).toBe(1);
  expect(await create('null value', '{"max_retries": null}')).toBe(1);
  expect(await config('null value')).toMatchObject({ max_retries: 5 });
});

test('a queue that was created in a transaction that aborted does not exist', async () => {
  const session = await database.connect();
  await session.query(`begin; select pgque.create_queue('aborted'); rollback`);
  await expect(config('aborted')).rejects.toMatchObject({ code: 'QU001' });
  expect(await create('aborted', '{}')).toBe(1);
});
