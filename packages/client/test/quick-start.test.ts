import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { connect } from '../src/index.ts';

const database = await openTestDatabase();

test('what is sent is received after a tick and gone after the ack', async () => {
  await using client = await connect(database.url);
  await client.createQueue('orders');
  await client.subscribe('orders', 'processor');
  const id = await client.send('orders', { type: 'order.created', payload: { order_id: 42 } });
  await client.forceNextTick('orders');
  await client.ticker();
  const messages = await client.receive('orders', 'processor', 100);
  expect(messages).toEqual([
    {
      msgId: id,
      batchId: expect.any(BigInt),
      type: 'order.created',
      payload: { order_id: 42 },
      rawPayload: '{"order_id":42}',
      retryCount: null,
      createdAt: expect.any(Date),
      extra1: null,
      extra2: null,
      extra3: null,
      extra4: null,
    },
  ]);
  expect(await client.ack(messages[0]?.batchId ?? 0n)).toBe(1);
  expect(await client.receive('orders', 'processor', 100)).toEqual([]);
});
