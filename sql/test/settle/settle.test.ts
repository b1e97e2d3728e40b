import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue } from '../support/queue-driver.ts';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();
const settle = (batchId: bigint | null, ids: unknown = null, delays: unknown = null, reasons: unknown = null) =>
  scalar<number>(database, 'select pgque.settle($1, $2::bigint[], $3::interval[], $4::text[])', [
    batchId,
    ids,
    delays,
    reasons,
  ]);

test('settle gives the listed messages back and acknowledges the rest', async () => {
  const queue = await openQueue(database);
  await queue.sendMany(['good', 'bad']);
  await queue.tick();
  const [good, bad] = await queue.receiveSome();
  expect(await settle(good.batch_id, [bad?.msg_id], ['0 seconds'], ['why'])).toBe(1);
  expect(await queue.receive()).toEqual([]);
  await queue.moveRetries();
  expect(await queue.receive()).toMatchObject([{ msg_id: bad?.msg_id, payload: 'bad', retry_count: 1 }]);
});

test('settle of a page acknowledges that page', async () => {
  const queue = await openQueue(database);
  await queue.sendMany(['a', 'b', 'c']);
  await queue.tick();
  const [a] = await queue.receiveSome(2);
  expect(await settle(a.batch_id, [a.msg_id])).toBe(1);
  expect(await queue.receivePayloads()).toEqual(['c']);
});

test('with nothing listed it is ack: 1, then 0', async () => {
  const queue = await openQueue(database);
  await queue.send('x');
  await queue.tick();
  const [message] = await queue.receiveSome();
  expect(await settle(message.batch_id)).toBe(1);
  expect(await settle(message.batch_id)).toBe(0);
  expect(await settle(message.batch_id, [])).toBe(0);
  expect(await settle(null)).toBe(0);
});

test('messages of a stale batch are refused, and a bad one leaves the batch open', async () => {
  const queue = await openQueue(database);
  await queue.send('x');
  await queue.tick();
  const messages = await queue.receiveSome();
  const batchId = messages[0].batch_id;
  await expect(settle(batchId, [999])).rejects.toMatchObject({ code: 'QU004' });
  expect(await queue.receive()).toEqual(messages);
  await settle(batchId);
  await expect(settle(batchId, [messages[0].msg_id])).rejects.toMatchObject({ code: 'QU003' });
});
