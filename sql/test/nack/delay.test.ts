import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue } from '../support/queue-driver.ts';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();

test('a delay below a second is neither lost nor rounded', async () => {
  const queue = await openQueue(database);
  await queue.send('x');
  await queue.tick();
  const messages = await queue.receiveSome();
  const before = await scalar<string>(database, 'select clock_timestamp()::text');
  await queue.nack(messages, '250 milliseconds');
  const isExact = await scalar(
    database,
    `select due_at between $2::timestamptz + '250 milliseconds' and clock_timestamp() + '250 milliseconds'
     from pgque.later where batch_id = $1`,
    [messages[0].batch_id, before],
  );
  expect(isExact).toBe(true);
  await scalar(database, 'select pgque.unsubscribe($1, $2, true)', [queue.name, queue.consumer]);
});

test('a retry moves once it is due, and not before', async () => {
  const queue = await openQueue(database);
  await queue.send('x');
  await queue.tick();
  const messages = await queue.receiveSome();
  await queue.nack(messages, '1 second');
  await queue.ack(messages[0].batch_id);
  expect(await queue.moveRetries()).toBe(0);
  // The only way to meet a moment is to wait for it: the server's clock decides, not ours.
  await database.query('select pg_sleep_until(due_at) from pgque.later where batch_id = $1', [messages[0].batch_id]);
  expect(await queue.moveRetries()).toBe(1);
  expect(await queue.receivePayloads()).toEqual(['x']);
});

test('a delay in the past is due at once', async () => {
  const queue = await openQueue(database);
  await queue.send('x');
  await queue.tick();
  const messages = await queue.receiveSome();
  await queue.nack(messages, '-1 hour');
  await queue.ack(messages[0].batch_id);
  expect(await queue.moveRetries()).toBe(1);
  expect(await queue.receivePayloads()).toEqual(['x']);
});
