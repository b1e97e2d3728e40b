import { expect, test } from 'vitest';
import { z } from 'zod';
import { ConsumerNotRegisteredError, defineQueue } from '../../src/index.ts';
import { openTestClient } from '../open-test-client.ts';
import { tick } from '../tick.ts';

const { client } = await openTestClient();

/** A queue in which these payloads wait for one consumer, in several windows. */
async function openQueue(queue: string, ...windows: readonly (readonly unknown[])[]) {
  await client.createQueue(queue);
  await client.subscribe(queue, 'processor');
  for (const payloads of windows) {
    await client.sendBatch(queue, 'default', payloads);
    await tick(client, queue);
  }
  return {
    /** What is delivered now, which is acknowledged. */
    async rest(): Promise<unknown[]> {
      const rest: unknown[] = [];
      for await (const { messages } of client.pages(queue, 'processor'))
        rest.push(...messages.map(({ payload }) => payload));
      return rest;
    },
  };
}

test('all messages come in pages, in their order, and the loop ends when nothing is left', async () => {
  const queue = await openQueue('all', [1, 2, 3, 4, 5], [], [6, 7]);
  const pages: unknown[][] = [];
  const batchIds: bigint[] = [];
  for await (const { batchId, messages } of client.pages('all', 'processor', { size: 2 })) {
    pages.push(messages.map(({ payload }) => payload));
    batchIds.push(batchId);
    for (const message of messages) expect(message.batchId).toBe(batchId);
  }
  expect(pages).toEqual([[1, 2], [3, 4], [5], [6, 7]]);
  expect(new Set(batchIds).size).toBe(4);
  expect(await client.inFlight('all')).toEqual([]);
  expect(await queue.rest()).toEqual([]);
});

test('a page is acknowledged only when the loop goes on to the next', async () => {
  const queue = await openQueue('open', [1, 2, 3]);
  const open: bigint[][] = [];
  for await (const { batchId } of client.pages('open', 'processor', { size: 1 })) {
    open.push((await client.inFlight('open')).map((batch) => batch.batchId));
    expect(open.at(-1)).toEqual([batchId]);
  }
  expect(open).toHaveLength(3);
  expect(await queue.rest()).toEqual([]);
});

test('a page whose body threw is delivered again', async () => {
  const queue = await openQueue('thrown', [1, 2, 3, 4]);
  const reading = async () => {
    for await (const { messages } of client.pages('thrown', 'processor', { size: 2 })) {
      if (messages[0]?.payload === 3) throw new Error('boom');
    }
  };
  await expect(reading()).rejects.toThrow('boom');
  expect(await queue.rest()).toEqual([3, 4]);
});

test('a page that was left by break or return is delivered again', async () => {
  const queue = await openQueue('left', [1, 2, 3, 4]);
  for await (const { messages } of client.pages('left', 'processor', { size: 2 })) {
    if (messages[0]?.payload === 1) break;
  }
  const first = async () => {
    for await (const page of client.pages('left', 'processor', { size: 2 })) return page.messages[0]?.payload;
    return undefined;
  };
  expect(await first()).toBe(1);
  expect(await queue.rest()).toEqual([1, 2, 3, 4]);
});

test('messages that the body gives back come again, the others do not', async () => {
  const queue = await openQueue('nacked', [1, 2, 3]);
  for await (const { batchId, messages } of client.pages('nacked', 'processor')) {
    await client.nackMany(batchId, [{ msgId: messages[1]?.msgId ?? 0n, retryAfterMs: 0 }]);
  }
  await client.maintRetryEvents();
  await tick(client, 'nacked');
  expect(await queue.rest()).toEqual([2]);
});

test('pages() takes a definition, and says what is wrong when it is read', async () => {
  const orders = defineQueue('defined', { number: z.number() });
  await openQueue('defined', [1]);
  const pages = client.pages(orders, 'processor');
  expect(await pages.next()).toMatchObject({ done: false, value: { messages: [{ payload: 1 }] } });
  await pages.return();
  await expect(client.pages(orders, 'nobody').next()).rejects.toThrow(ConsumerNotRegisteredError);
});
