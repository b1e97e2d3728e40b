import { createTicker } from '@pgque/consumer';
import { openTestDatabase } from '@pgque/testing';
import { connect } from 'pgque';
import { afterAll, expect, test } from 'vitest';
import { createPool } from '../src/index.ts';

const database = await openTestDatabase();
const client = await connect(database.url);
afterAll(() => client.close());
const ticker = createTicker(client);
await ticker.start();
afterAll(() => ticker.stop());

test('threads handle what is sent, each message once, and the parent settles it', async () => {
  await client.createQueue('images');
  await client.subscribe('images', 'resize');
  const payloads = Array.from({ length: 200 }, (_, number) => ({ number }));
  await client.sendBatch('images', 'image.added', payloads);
  const results: { threadId: number; payload: unknown }[] = [];
  const pool = createPool(client, {
    queue: 'images',
    name: 'resize',
    threads: 2,
    maxMessages: 10,
    handlers: new URL('./handlers/recording.ts', import.meta.url),
    onResult: (_message, result) => results.push(result as never),
  });
  await pool.start();
  expect(pool.health()).toMatchObject({ state: 'working', threads: [{ state: 'ready' }, { state: 'ready' }] });
  await expect.poll(() => pool.health()).toMatchObject({ acked: 200, retried: 0, dead: 0 });
  await pool.stop();
  expect(results.map(({ payload }) => payload)).toEqual(expect.arrayContaining(payloads));
  expect(new Set(results.map(({ threadId }) => threadId)).size).toBe(2);
  expect(pool.health()).toMatchObject({ state: 'stopped', threads: [{ state: 'closed' }, { state: 'closed' }] });
  expect(await client.getConsumerInfo('images', 'resize')).toMatchObject([{ pendingEvents: 0, currentBatchId: null }]);
});
