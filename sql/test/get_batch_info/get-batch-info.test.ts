import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue } from '../support/queue-driver.ts';

const database = await openTestDatabase();
const info = (batchId: bigint | null) =>
  database.query<Record<string, unknown>>('select * from pgque.get_batch_info($1)', [batchId]);

test('an open batch is described by its ends, in the order of the columns of the contract', async () => {
  const queue = await openQueue(database);
  await queue.send('x');
  const tickId = await queue.tick();
  const [message] = await queue.receiveSome();
  const found = await info(message.batch_id);
  expect(found).toEqual([
    {
      queue_name: queue.name,
      consumer_name: queue.consumer,
      batch_start: expect.any(Date),
      batch_end: expect.any(Date),
      prev_tick_id: 1n,
      tick_id: tickId,
      lag: expect.anything(),
      seq_start: 0n,
      seq_end: 2001n,
    },
  ]);
  expect(Object.keys(found[0] ?? {})).toEqual([
    'queue_name',
    'consumer_name',
    'batch_start',
    'batch_end',
    'prev_tick_id',
    'tick_id',
    'lag',
    'seq_start',
    'seq_end',
  ]);
});

test('a batch that is not open has no row', async () => {
  const queue = await openQueue(database);
  await queue.send('x');
  await queue.tick();
  const [message] = await queue.receiveSome();
  await queue.ack(message.batch_id);
  expect(await info(message.batch_id)).toEqual([]);
  expect(await info(0n)).toEqual([]);
  expect(await info(null)).toEqual([]);
});
