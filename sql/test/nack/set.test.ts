import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { type Message, openQueue, type QueueDriver } from '../support/queue-driver.ts';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();

async function opened(payloads: string[], options = {}): Promise<[QueueDriver, [Message, ...Message[]]]> {
  const queue = await openQueue(database, options);
  await queue.sendMany(payloads);
  await queue.tick();
  return [queue, await queue.receiveSome()];
}

const nack = (batchId: bigint, ids: unknown, delays: unknown = null, reasons: unknown = null) =>
  scalar<number>(database, 'select pgque.nack($1, $2::bigint[], $3::interval[], $4::text[])', [
    batchId,
    ids,
    delays,
    reasons,
  ]);

test('each message has its own delay and reason; the others are not touched', async () => {
  const [queue, [a, b, c]] = await opened(['a', 'b', 'c']);
  expect(await nack(a.batch_id, [c?.msg_id, a.msg_id], ['0 seconds', '1 hour'], ['why c', 'why a'])).toBe(2);
  const reasons = await database.query('select ev_id, reason from pgque.later where batch_id = $1 order by ev_id', [
    a.batch_id,
  ]);
  expect(reasons).toEqual([
    { ev_id: a.msg_id, reason: 'why a' },
    { ev_id: c?.msg_id, reason: 'why c' },
  ]);
  await queue.ack(a.batch_id);
  expect(await queue.moveRetries()).toBe(1);
  expect((await queue.drain()).map((message) => message.payload)).toEqual(['c']);
  expect(b?.payload).toBe('b');
});

test('messages below and at max_retries part ways in one call', async () => {
  const [queue, first] = await opened(['old'], { max_retries: 1 });
  await queue.nack(first);
  await queue.send('new');
  await queue.ack(first[0].batch_id);
  await queue.moveRetries();
  const both = await queue.receiveSome();
  expect(both.map(({ payload, retry_count }) => [payload, retry_count])).toEqual([
    ['old', 1],
    ['new', null],
  ]);
  expect(
    await nack(
      both[0].batch_id,
      both.map((message) => message.msg_id),
      ['0 s', '0 s'],
      ['r1', 'r2'],
    ),
  ).toBe(2);
  await queue.ack(both[0].batch_id);
  await queue.moveRetries();
  expect((await queue.drain()).map((message) => message.payload)).toEqual(['new']);
  expect(await database.query('select ev_data, dl_reason from pgque.dlq_inspect($1)', [queue.name])).toEqual([
    { ev_data: 'old', dl_reason: 'r1' },
  ]);
});

test('a message listed twice counts once, with the first delay and reason', async () => {
  const [queue, [message]] = await opened(['x']);
  const ids = [message.msg_id, message.msg_id];
  expect(await nack(message.batch_id, ids, ['0 seconds', '1 hour'], ['first', 'second'])).toBe(1);
  await queue.ack(message.batch_id);
  expect(await queue.moveRetries()).toBe(1);
  expect(await queue.drain()).toHaveLength(1);
});

test('no delays and no reasons, and NULL among them, mean 60 seconds and no reason', async () => {
  const [, [a, b]] = await opened(['a', 'b']);
  expect(await nack(a.batch_id, [a.msg_id])).toBe(1);
  expect(await nack(a.batch_id, [b?.msg_id], [null], [null])).toBe(1);
  const found = await database.query<{ is_minute: boolean; reason: string | null }>(
    `select due_at between clock_timestamp() + '50 seconds' and clock_timestamp() + '60 seconds' as is_minute, reason
     from pgque.later where batch_id = $1`,
    [a.batch_id],
  );
  expect(found).toEqual([
    { is_minute: true, reason: null },
    { is_minute: true, reason: null },
  ]);
});

test('an empty list gives back nothing', async () => {
  const [, [message]] = await opened(['x']);
  expect(await nack(message.batch_id, [])).toBe(0);
});

test('a message that is not in the batch is refused, and nothing of the call is done', async () => {
  const [queue, [message]] = await opened(['x']);
  await expect(nack(message.batch_id, [message.msg_id, 424_242])).rejects.toMatchObject({
    code: 'QU004',
    message: `msg_id 424242 not found in batch ${message.batch_id}`,
    detail: `424242, ${message.batch_id}`,
  });
  await expect(nack(message.batch_id, [null])).rejects.toMatchObject({
    code: 'QU004',
    message: `msg_id NULL not found in batch ${message.batch_id}`,
  });
  await queue.ack(message.batch_id);
  expect(await queue.moveRetries()).toBe(0);
});

test('a message of the same window but another page is not in the batch', async () => {
  const queue = await openQueue(database);
  const [, second] = await queue.sendMany(['a', 'b']);
  await queue.tick();
  const [first] = await queue.receiveSome(1);
  await expect(nack(first.batch_id, [second])).rejects.toMatchObject({ code: 'QU004' });
});

test('a batch that is not open is refused', async () => {
  const [queue, messages] = await opened(['x']);
  const batchId = messages[0].batch_id;
  await queue.ack(batchId);
  await expect(queue.nack(messages)).rejects.toMatchObject({ code: 'QU003', message: `batch not found: ${batchId}` });
  await expect(nack(0n, [1])).rejects.toMatchObject({ code: 'QU003', message: 'batch not found: 0' });
  const unnamed = scalar(database, `select pgque.nack(null, '{1}'::bigint[])`);
  await expect(unnamed).rejects.toMatchObject({ code: 'QU003', message: 'batch not found: NULL' });
});

test.each([
  ['NULL for the messages', null, null, null],
  ['too few delays', [1, 2], ['1 s'], null],
  ['too many reasons', [1], null, ['a', 'b']],
])('%s is refused', async (_, ids, delays, reasons) => {
  const [, [message]] = await opened(['x']);
  const refusal = nack(message.batch_id, ids, delays, reasons);
  await expect(refusal).rejects.toMatchObject({ code: 'QU005', hint: expect.any(String) });
});

test('a delay that leads beyond all time is refused', async () => {
  const [, [message]] = await opened(['x']);
  await expect(nack(message.batch_id, [message.msg_id], ['178000000 years'])).rejects.toMatchObject({ code: '22008' });
  // Intervals can be infinite from PostgreSQL 17 on.
  if (database.major >= 17) {
    const refusal = nack(message.batch_id, [message.msg_id], ['infinity']);
    await expect(refusal).rejects.toMatchObject({ code: 'QU005', message: 'retry_after must be finite' });
  }
});

test('a message that is said to be dead goes to the dead letters at its first delivery, with its reason', async () => {
  const [queue, [a, b]] = await opened(['a', 'b']);
  const settled = await scalar(database, 'select pgque.settle($1, $2, null, $3, $4)', [
    a.batch_id,
    [a.msg_id, b?.msg_id],
    ['never', 'later'],
    [true, false],
  ]);
  expect(settled).toBe(1);
  const dead = await database.query('select ev_data, dl_reason from pgque.dlq_inspect($1)', [queue.name]);
  expect(dead).toEqual([{ ev_data: 'a', dl_reason: 'never' }]);
  const later = await database.query('select ev_data from pgque.later where batch_id = $1', [a.batch_id]);
  expect(later).toEqual([{ ev_data: 'b' }]);
});

test('dead must be as long as the list of messages', async () => {
  const [, [a]] = await opened(['a']);
  const call = scalar(database, 'select pgque.nack($1, $2, null, null, $3)', [a.batch_id, [a.msg_id], [true, false]]);
  await expect(call).rejects.toMatchObject({ code: 'QU005' });
});
