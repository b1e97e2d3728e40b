import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue, type QueueDriver } from '../support/queue-driver.ts';

const database = await openTestDatabase();

interface BatchInfo {
  batch_id: bigint | null;
  prev_tick_id: bigint | null;
  cur_tick_id: bigint | null;
}

async function nextBatch(
  queue: QueueDriver,
  conditions: [string | null, number | null, string | null],
): Promise<BatchInfo> {
  const [info] = await database.query<BatchInfo>(
    'select batch_id, prev_tick_id, cur_tick_id from pgque.next_batch_custom($1, $2, $3, $4, $5)',
    [queue.name, queue.consumer, ...conditions],
  );
  if (!info) throw new Error('next_batch_custom returned no row');
  return info;
}

test('without conditions it is the next tick', async () => {
  const queue = await openQueue(database);
  const first = await queue.tick();
  await queue.tick();
  expect(await nextBatch(queue, [null, null, null])).toMatchObject({ prev_tick_id: 1n, cur_tick_id: first });
});

test('min_count gathers ticks until the window spans so many ids', async () => {
  const queue = await openQueue(database);
  // A forced tick moves the sequence by 2000 with ticker_max_count 500.
  await queue.tick();
  await queue.tick();
  const third = await queue.tick();
  expect(await nextBatch(queue, [null, 1_000_000, null])).toMatchObject({ batch_id: null });
  expect(await nextBatch(queue, [null, 5000, null])).toMatchObject({ prev_tick_id: 1n, cur_tick_id: third });
});

test('min_lag leaves ticks alone that are younger', async () => {
  const queue = await openQueue(database);
  await queue.tick();
  expect(await nextBatch(queue, ['1 hour', null, null])).toMatchObject({ batch_id: null });
  expect(await nextBatch(queue, ['0 seconds', null, null])).toMatchObject({ batch_id: expect.any(BigInt) });
});

test('min_interval gathers ticks until the window spans that time; min_count suffices as well', async () => {
  const queue = await openQueue(database);
  const first = await queue.tick();
  expect(await nextBatch(queue, [null, null, '1 hour'])).toMatchObject({ batch_id: null });
  expect(await nextBatch(queue, [null, 1, '1 hour'])).toMatchObject({ cur_tick_id: first });
});

test('conditions do not matter while a batch is open', async () => {
  const queue = await openQueue(database);
  await queue.tick();
  const open = await nextBatch(queue, [null, null, null]);
  expect(await nextBatch(queue, ['1 hour', 1_000_000, '1 hour'])).toEqual(open);
});
