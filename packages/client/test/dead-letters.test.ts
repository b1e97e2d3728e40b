import { expect, test } from 'vitest';
import { DeadLetterNotFoundError } from '../src/index.ts';
import { openTestClient } from './open-test-client.ts';
import { openBatch, tick } from './tick.ts';

const { client } = await openTestClient();

/** A queue with these payloads in its dead letters. */
async function bury(queue: string, payloads: readonly unknown[]) {
  await client.createQueue(queue, { maxRetries: 0 });
  const { messages, batchId } = await openBatch(client, queue, payloads);
  await client.settle(
    batchId,
    messages.map(({ msgId }) => ({ msgId, reason: 'hopeless' })),
  );
  return messages;
}

test('a message that was retried often enough is shown by dlq.inspect()', async () => {
  const [message] = await bury('shown', [{ id: 1 }]);
  expect(await client.dlq.inspect('shown')).toEqual([
    {
      deadLetterId: expect.any(BigInt),
      diedAt: expect.any(Date),
      reason: 'hopeless',
      consumer: 'processor',
      msgId: message?.msgId,
      createdAt: message?.createdAt,
      retryCount: message?.retryCount,
      type: 'default',
      payload: { id: 1 },
      rawPayload: '{"id":1}',
      extra1: null,
      extra2: null,
      extra3: null,
      extra4: null,
    },
  ]);
  expect(await client.dlq.inspect('shown', 0)).toEqual([]);
});

test('dlq.replay() sends a dead letter again, once', async () => {
  await bury('replayed', ['x']);
  const [dead] = await client.dlq.inspect('replayed');
  const id = await client.dlq.replay(dead?.deadLetterId ?? 0n);
  await expect(client.dlq.replay(dead?.deadLetterId ?? 0n)).rejects.toThrow(DeadLetterNotFoundError);
  await tick(client, 'replayed');
  expect(await client.receive('replayed', 'processor')).toMatchObject([{ msgId: id, payload: 'x' }]);
});

test('dlq.replayAll() sends them all and says what failed', async () => {
  await bury('all', [1, 2, 3]);
  await client.setQueueConfig('all', { disableInsert: true });
  expect(await client.dlq.replayAll('all')).toEqual({ replayed: 0, failed: 3, firstError: expect.any(String) });
  await client.setQueueConfig('all', { disableInsert: null });
  expect(await client.dlq.replayAll('all')).toEqual({ replayed: 3, failed: 0, firstError: null });
});

test('dlq.purge() deletes what is old enough', async () => {
  await bury('purged', [1, 2]);
  expect(await client.dlq.purge('purged')).toBe(0);
  expect(await client.dlq.purge('purged', { olderThanMs: 3_600_000 })).toBe(0);
  expect(await client.dlq.purge('purged', { olderThanMs: 0 })).toBe(2);
});

test('eventDead() puts a message to the dead letters at once', async () => {
  const { messages, batchId } = await openBatch(client, 'at-once', [1]);
  expect(await client.eventDead(batchId, messages[0]?.msgId ?? 0n, 'poison')).toBe(1);
  expect(await client.eventDead(batchId, messages[0]?.msgId ?? 0n)).toBe(0);
  expect(await client.dlq.inspect('at-once')).toMatchObject([{ reason: 'poison' }]);
});

test('settle() puts what is said to be dead to the dead letters at once, and retries the rest', async () => {
  const { messages, batchId } = await openBatch(client, 'settled', ['bad', 'late']);
  const [bad, late] = messages.map(({ msgId }) => msgId);
  expect(
    await client.settle(batchId, [
      { msgId: bad ?? 0n, dead: true, reason: 'no such order' },
      { msgId: late ?? 0n, retryAfterMs: 0 },
    ]),
  ).toBe(1);
  expect(await client.dlq.inspect('settled')).toMatchObject([{ reason: 'no such order', payload: 'bad' }]);
  await client.maintRetryEvents();
  await tick(client, 'settled');
  expect(await client.receive('settled', 'processor')).toMatchObject([{ msgId: late, retryCount: 1 }]);
});

test('a reason that PostgreSQL cannot store keeps its message from nothing', async () => {
  const { messages, batchId } = await openBatch(client, 'reasons', [1, 2]);
  const [first, second] = messages.map(({ msgId }) => msgId);
  const reason = 'got "\u0000" and \ud83d';
  await client.eventDead(batchId, first ?? 0n, reason);
  await client.settle(batchId, [{ msgId: second ?? 0n, dead: true, reason }]);
  const dead = await client.dlq.inspect('reasons');
  expect(dead.map((letter) => letter.reason)).toEqual(['got "\ufffd" and \ufffd', 'got "\ufffd" and \ufffd']);
});
