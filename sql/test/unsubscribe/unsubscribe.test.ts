import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue, type QueueDriver } from '../support/queue-driver.ts';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();
const unsubscribe = (queue: QueueDriver, discard = false) =>
  scalar<number>(database, 'select pgque.unsubscribe($1, $2, $3)', [queue.name, queue.consumer, discard]);

test('unsubscribe answers 1, and 0 when there is none', async () => {
  const queue = await openQueue(database);
  expect(await unsubscribe(queue)).toBe(1);
  expect(await unsubscribe(queue)).toBe(0);
  await expect(queue.receive()).rejects.toMatchObject({
    code: 'QU002',
    message: `consumer not registered: ${queue.name}, ${queue.consumer}`,
  });
});

test('unregister_consumer is the same under its PgQ name', async () => {
  const queue = await openQueue(database);
  const unregister = () => scalar(database, 'select pgque.unregister_consumer($1, $2)', [queue.name, queue.consumer]);
  expect(await unregister()).toBe(1);
  expect(await unregister()).toBe(0);
});

test('the open batch ends with the subscription', async () => {
  const queue = await openQueue(database);
  await queue.send('x');
  await queue.tick();
  const [message] = await queue.receiveSome();
  expect(await unsubscribe(queue)).toBe(1);
  expect(await queue.ack(message.batch_id)).toBe(0);
  await queue.subscribe();
  expect(await queue.ack(message.batch_id)).toBe(0);
});

test('pending retries are not thrown away', async () => {
  const queue = await openQueue(database);
  await queue.sendMany(['a', 'b']);
  await queue.tick();
  const messages = await queue.receiveSome();
  await queue.nack(messages, '1 hour');
  await queue.ack(messages[0].batch_id);
  await expect(unsubscribe(queue)).rejects.toMatchObject({
    code: 'QU011',
    message: `retries are pending: ${queue.name}, ${queue.consumer}`,
    detail: '2 messages wait for redelivery',
    hint: expect.stringContaining('discard_retries'),
  });
  expect(await scalar(database, 'select count(*) from pgque.get_consumer_info($1)', [queue.name])).toBe(1n);
});

test('discard_retries throws them away, and a consumer of the same name does not get them', async () => {
  const queue = await openQueue(database);
  await queue.send('given up');
  await queue.tick();
  const messages = await queue.receiveSome();
  await queue.nack(messages);
  const call = 'select pgque.unsubscribe($1, $2, discard_retries => true)';
  expect(await scalar(database, call, [queue.name, queue.consumer])).toBe(1);
  await queue.subscribe();
  await queue.moveRetries();
  expect(await queue.receive()).toEqual([]);
});

test('retries that were delivered and acknowledged do not stand in the way', async () => {
  const queue = await openQueue(database);
  await queue.send('x');
  await queue.tick();
  const messages = await queue.receiveSome();
  await queue.nack(messages);
  await queue.ack(messages[0].batch_id);
  await queue.moveRetries();
  expect(await queue.drain()).toHaveLength(1);
  expect(await unsubscribe(queue)).toBe(1);
});

test('retries of another consumer do not stand in the way', async () => {
  const queue = await openQueue(database);
  const other = queue.as(database, 'other');
  await other.subscribe();
  await queue.send('x');
  await queue.tick();
  await other.nack(await other.receiveSome(), '1 hour');
  expect(await unsubscribe(queue)).toBe(1);
});

test('an unknown queue is refused', async () => {
  await expect(scalar(database, `select pgque.unsubscribe('nope', 'c')`)).rejects.toMatchObject({ code: 'QU001' });
});
