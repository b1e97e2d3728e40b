import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue, QueueDriver } from '../support/queue-driver.ts';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();
const queue = await openQueue(database);
const config = () => scalar<Record<string, unknown>>(database, 'select pgque.get_queue_config($1)', [queue.name]);

/** Each setting with its default, and values that are taken and refused. */
const settings = [
  {
    name: 'ticker_max_count',
    initial: 500,
    good: [
      ['1', 1],
      ['1000000', 1_000_000],
    ],
    bad: ['0', '-1', '1000001', '1.5', 'many', ''],
  },
  {
    name: 'ticker_max_lag',
    initial: '00:00:03',
    good: [
      ['0 seconds', '00:00:00'],
      ['250 milliseconds', '00:00:00.25'],
      ['1 day', '1 day'],
    ],
    bad: ['-1 second', '25 hours', 'soon', ''],
  },
  {
    name: 'ticker_idle_period',
    initial: '00:01:00',
    good: [
      ['10 milliseconds', '00:00:00.01'],
      ['1 day', '1 day'],
    ],
    bad: ['9 milliseconds', '-1 second', '25 hours', 'never'],
  },
  {
    name: 'ticker_paused',
    initial: false,
    good: [
      ['true', true],
      ['off', false],
      ['1', true],
    ],
    bad: ['maybe', ''],
  },
  {
    name: 'external_ticker',
    initial: false,
    good: [
      ['true', true],
      ['false', false],
    ],
    bad: ['maybe'],
  },
  {
    name: 'rotation_period',
    initial: '02:00:00',
    good: [
      ['1 millisecond', '00:00:00.001'],
      ['30 days', '30 days'],
    ],
    bad: ['0 seconds', '31 days', '-1 hour'],
  },
  {
    name: 'max_retries',
    initial: 5,
    good: [
      ['0', 0],
      ['2147483646', 2_147_483_646],
    ],
    bad: ['-1', '2147483647', '99999999999', 'few'],
  },
  {
    name: 'max_consumer_lag',
    initial: null,
    good: [
      ['1 second', '00:00:01'],
      ['3650 days', '3650 days'],
    ],
    bad: ['0 seconds', '-1 day', '3651 days', 'forever'],
  },
  {
    name: 'disable_insert',
    initial: false,
    good: [
      ['true', true],
      ['false', false],
    ],
    bad: ['maybe'],
  },
] as const;

test('the settings tried here are all there are', async () => {
  expect(Object.keys(await config()).toSorted()).toEqual(settings.map(({ name }) => name).toSorted());
});

test.each(settings)('$name takes what is in range, and NULL sets it back', async ({ name, initial, good }) => {
  expect(await config()).toMatchObject({ [name]: initial });
  for (const [value, stored] of good) {
    expect(await queue.configure(name, value)).toBe(1);
    expect(await config()).toMatchObject({ [name]: stored });
  }
  expect(await queue.configure(name, null)).toBe(1);
  expect(await config()).toMatchObject({ [name]: initial });
});

test.each(settings)('$name refuses what is out of range, and keeps its value', async ({ name, initial, bad }) => {
  for (const value of bad) {
    await expect(queue.configure(name, value), `${name} = ${value}`).rejects.toMatchObject({
      code: 'QU012',
      message: `invalid value for queue setting ${name}: ${value}`,
      hint: expect.stringContaining('It is of type'),
    });
  }
  expect(await config()).toMatchObject({ [name]: initial });
});

test('names work with and without the prefix queue_', async () => {
  await queue.configure('queue_max_retries', '7');
  expect(await config()).toMatchObject({ max_retries: 7 });
  await queue.configure('max_retries', null);
});

test.each(['no_such_setting', 'queue_name', 'queue_id', 'log_id', 'event_seq', '', 'max_retries; drop table x'])(
  'the setting <%s> is unknown',
  async (name) => {
    await expect(queue.configure(name, '1')).rejects.toMatchObject({
      code: 'QU012',
      message: `unknown queue setting: ${name}`,
      hint: expect.stringContaining('max_retries'),
    });
  },
);

test('NULL as the setting and an unknown queue are refused', async () => {
  await expect(scalar(database, `select pgque.set_queue_config($1, null, '1')`, [queue.name])).rejects.toMatchObject({
    code: 'QU012',
  });
  await expect(new QueueDriver(database, 'nope').configure('max_retries', '1')).rejects.toMatchObject({
    code: 'QU001',
  });
  await expect(scalar(database, `select pgque.get_queue_config('nope')`)).rejects.toMatchObject({ code: 'QU001' });
});

test('max_retries counts for what is nacked from now on', async () => {
  const other = await openQueue(database, { max_retries: 0 });
  await other.send('x');
  await other.tick();
  const messages = await other.receiveSome();
  await other.configure('max_retries', '1');
  await other.nack(messages);
  await other.ack(messages[0].batch_id);
  expect(await other.moveRetries()).toBe(1);
});
