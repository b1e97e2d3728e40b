import { once } from 'node:events';
import { openPrivateServer } from '@pgque/testing';
import { connect } from 'pgque';
import { expect, test } from 'vitest';
import { createConsumer, createTicker } from '../src/index.ts';
import { openQueue } from './open-bench.ts';

// Where transactions may be prepared nobody rings.
const { database } = await openPrivateServer({ settings: { max_prepared_transactions: 0 } });
const count = 10;

test.each([
  ['of this process is ticked by a consumer that waits', {}, false],
  ['with exactly-once handlers is ticked by the ticker', { mode: 'exactly-once' as const }, true],
])('what is sent to a queue %s', async (name, options, isTickedByTicker) => {
  await using client = await connect(database.url);
  const queue = name.slice(0, 10);
  await openQueue(client, queue);
  const handled = new EventTarget();
  await using consumer = createConsumer(client, { queue, name: 'worker', ...options }).on('*', () => {
    handled.dispatchEvent(new Event('message'));
  });
  await using ticker = createTicker(client);
  await consumer.start();
  await ticker.start();
  await expect.poll(() => [consumer.health().state, ticker.health().isRung]).toEqual(['waiting', true]);
  const before = ticker.health().ticked;
  for (let index = 0; index < count; index += 1) {
    const isHandled = once(handled, 'message');
    await client.send(queue, { payload: index });
    await isHandled;
    await expect.poll(() => consumer.health().state).toBe('waiting');
  }
  const ticked = ticker.health().ticked - before;
  // One or the other may have met the ticker at its second look, and transactions that were open at a tick make another due.
  if (isTickedByTicker) expect(ticked).toBeGreaterThanOrEqual(count);
  else expect(ticked).toBeLessThan(count / 2);
});
