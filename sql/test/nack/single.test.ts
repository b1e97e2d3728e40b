import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue, type QueueDriver } from '../support/queue-driver.ts';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();

async function opened(options: Record<string, unknown> = {}): Promise<QueueDriver> {
  const queue = await openQueue(database, options);
  await scalar(database, `select pgque.insert_event($1, 'type', 'payload', 'e1', 'e2', 'e3', 'e4')`, [queue.name]);
  await queue.tick();
  return queue;
}

const nackFirst = (queue: QueueDriver, rest: string) =>
  scalar<number>(database, `select pgque.nack(m.batch_id, m${rest}) from pgque.receive($1, $2) m limit 1`, [
    queue.name,
    queue.consumer,
  ]);

test('a nacked message comes back whole, with its id, type, extras and time, and retry_count 1', async () => {
  const queue = await opened();
  const [first] = await queue.receiveSome();
  expect(await nackFirst(queue, `, '0 seconds', 'reason'`)).toBe(1);
  expect(await queue.ack(first.batch_id)).toBe(1);
  expect(await queue.moveRetries()).toBe(1);
  const [again, ...others] = await queue.receiveSome();
  expect(others).toEqual([]);
  expect(again).toEqual({ ...first, batch_id: again.batch_id, retry_count: 1 });
  expect(again.batch_id).not.toBe(first.batch_id);
});

test('the delay is 60 seconds unless it is given', async () => {
  const queue = await opened();
  const [first] = await queue.receiveSome();
  expect(await nackFirst(queue, '')).toBe(1);
  const dueIn = await scalar<boolean>(
    database,
    `select due_at between clock_timestamp() + '50 seconds' and clock_timestamp() + '60 seconds'
     from pgque.later where batch_id = $1`,
    [first.batch_id],
  );
  expect(dueIn).toBe(true);
  await queue.ack(first.batch_id);
  expect(await queue.moveRetries()).toBe(0);
  expect(await queue.receive()).toEqual([]);
});

test('of the message only msg_id is trusted', async () => {
  const queue = await opened();
  const [first] = await queue.receiveSome();
  const forged = `select pgque.nack($1, row($2, 999, 'forged', 'forged', 77, now(), null, null, null, null)::pgque.message, '0 s')`;
  expect(await scalar(database, forged, [first.batch_id, first.msg_id])).toBe(1);
  await queue.ack(first.batch_id);
  await queue.moveRetries();
  const [again] = await queue.receiveSome();
  expect(again).toEqual({ ...first, batch_id: again.batch_id, retry_count: 1 });
});

test('the same message twice is one retry, in one transaction and in two', async () => {
  const queue = await opened();
  const [first] = await queue.receiveSome();
  expect(await nackFirst(queue, `, '0 seconds'`)).toBe(1);
  expect(await nackFirst(queue, `, '0 seconds'`)).toBe(0);
  await queue.ack(first.batch_id);
  expect(await queue.moveRetries()).toBe(1);
  expect(await queue.drain()).toHaveLength(1);
});

test('at max_retries it goes to the dead letters with everything, and nacked twice it is one of them', async () => {
  const queue = await opened({ max_retries: 0 });
  const [first] = await queue.receiveSome();
  expect(await nackFirst(queue, `, '0 seconds', 'broken for good'`)).toBe(1);
  expect(await nackFirst(queue, `, '0 seconds', 'a later reason'`)).toBe(0);
  await queue.ack(first.batch_id);
  expect(await queue.moveRetries()).toBe(0);
  expect(await database.query('select * from pgque.dlq_inspect($1)', [queue.name])).toEqual([
    {
      dl_id: expect.any(BigInt),
      dl_time: expect.any(Date),
      dl_reason: 'broken for good',
      consumer_name: queue.consumer,
      ev_id: first.msg_id,
      ev_time: first.created_at,
      ev_retry: null,
      ev_type: 'type',
      ev_data: 'payload',
      ev_extra1: 'e1',
      ev_extra2: 'e2',
      ev_extra3: 'e3',
      ev_extra4: 'e4',
    },
  ]);
});

test('without max_retries it is retried five times', async () => {
  const queue = await opened();
  for (let retry = 0; retry < 6; retry += 1) {
    const messages = await queue.receiveSome();
    expect(messages.map((message) => message.retry_count ?? 0)).toEqual([retry]);
    expect(await queue.nack(messages)).toBe(1);
    await queue.ack(messages[0].batch_id);
    await queue.moveRetries();
  }
  expect(await queue.receive()).toEqual([]);
  expect(await scalar(database, 'select ev_retry from pgque.dlq_inspect($1)', [queue.name])).toBe(5);
});

test('a retry is for the consumer that asked for it, and no other', async () => {
  const queue = await openQueue(database);
  const other = queue.as(database, 'other');
  await other.subscribe();
  await queue.send('x');
  await queue.tick();
  const messages = await queue.receiveSome();
  await queue.nack(messages);
  await queue.ack(messages[0].batch_id);
  expect(await other.drain()).toHaveLength(1);
  await queue.moveRetries();
  expect(await other.receive()).toEqual([]);
  expect(await queue.receivePayloads()).toEqual(['x']);
});
