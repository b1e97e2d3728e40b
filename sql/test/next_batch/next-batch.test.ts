import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue, QueueDriver } from '../support/queue-driver.ts';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();
const nextBatch = (queue: QueueDriver) =>
  scalar<bigint | null>(database, 'select pgque.next_batch($1, $2)', [queue.name, queue.consumer]);
const finish = (batchId: bigint | null) => scalar<number>(database, 'select pgque.finish_batch($1)', [batchId]);

test('without a further tick there is no batch', async () => {
  const queue = await openQueue(database);
  await queue.send('x');
  expect(await nextBatch(queue)).toBe(null);
  expect(await database.query('select * from pgque.next_batch_info($1, $2)', [queue.name, queue.consumer])).toEqual([
    {
      batch_id: null,
      cur_tick_id: null,
      prev_tick_id: null,
      cur_tick_time: null,
      prev_tick_time: null,
      cur_tick_event_seq: null,
      prev_tick_event_seq: null,
    },
  ]);
});

test('the loop of PgQ: next_batch, get_batch_events, finish_batch', async () => {
  const queue = await openQueue(database);
  await queue.sendMany(['a', 'b']);
  await queue.tick();
  const batchId = await nextBatch(queue);
  const events = await database.query('select ev_data from pgque.get_batch_events($1)', [batchId]);
  expect(events).toEqual([{ ev_data: 'a' }, { ev_data: 'b' }]);
  expect(await finish(batchId)).toBe(1);
  expect(await nextBatch(queue)).toBe(null);
});

test('the open batch is returned again', async () => {
  const queue = await openQueue(database);
  await queue.tick();
  const batchId = await nextBatch(queue);
  await queue.tick();
  expect(await nextBatch(queue)).toBe(batchId);
  expect(
    await scalar(database, 'select batch_id from pgque.next_batch_info($1, $2)', [queue.name, queue.consumer]),
  ).toBe(batchId);
});

test('each tick is a batch of its own, an empty one too', async () => {
  const queue = await openQueue(database);
  await queue.tick();
  await queue.send('x');
  await queue.tick();
  const empty = await nextBatch(queue);
  expect(await database.query('select * from pgque.get_batch_events($1)', [empty])).toEqual([]);
  await finish(empty);
  const full = await nextBatch(queue);
  expect(await database.query('select ev_data from pgque.get_batch_events($1)', [full])).toEqual([{ ev_data: 'x' }]);
});

test('next_batch_info names the ticks of the batch', async () => {
  const queue = await openQueue(database);
  const firstTick = await queue.tick();
  await finish(await nextBatch(queue));
  const secondTick = await queue.tick();
  const [info] = await database.query<Record<string, bigint & Date>>('select * from pgque.next_batch_info($1, $2)', [
    queue.name,
    queue.consumer,
  ]);
  expect(info).toMatchObject({ batch_id: expect.any(BigInt), prev_tick_id: firstTick, cur_tick_id: secondTick });
  expect(Object.keys(info ?? {})).toEqual([
    'batch_id',
    'cur_tick_id',
    'prev_tick_id',
    'cur_tick_time',
    'prev_tick_time',
    'cur_tick_event_seq',
    'prev_tick_event_seq',
  ]);
  expect(Number(info?.['cur_tick_event_seq'])).toBeGreaterThan(Number(info?.['prev_tick_event_seq']));
  expect(Number(info?.['cur_tick_time'])).toBeGreaterThanOrEqual(Number(info?.['prev_tick_time']));
});

test('a batch of next_batch may be read by receive, and is one batch to it', async () => {
  const queue = await openQueue(database);
  await queue.sendMany(['a', 'b']);
  await queue.tick();
  const batchId = await nextBatch(queue);
  expect(await queue.receive(1)).toMatchObject([
    { batch_id: batchId, payload: 'a' },
    { batch_id: batchId, payload: 'b' },
  ]);
});

test('an unknown queue and an unknown consumer are refused', async () => {
  const queue = await openQueue(database);
  await expect(nextBatch(new QueueDriver(database, 'nope'))).rejects.toMatchObject({ code: 'QU001' });
  await expect(nextBatch(queue.as(database, 'nobody'))).rejects.toMatchObject({ code: 'QU002' });
});
