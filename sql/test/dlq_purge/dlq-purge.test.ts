import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue, type QueueDriver } from '../support/queue-driver.ts';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();
const letters = (queue: QueueDriver) =>
  scalar<string[] | null>(database, 'select array_agg(ev_data order by ev_id) from pgque.dlq_inspect($1)', [
    queue.name,
  ]);

async function withDeadLetters(payloads: string[]): Promise<QueueDriver> {
  const queue = await openQueue(database, { max_retries: 0 });
  await queue.sendMany(payloads);
  await queue.tick();
  await queue.nack(await queue.receiveSome());
  return queue;
}

test('older ones go, younger ones stay; 30 days unless it is said', async () => {
  const queue = await withDeadLetters(['old', 'young']);
  await database.query(`update pgque.dead_letter set dl_time = now() - interval '31 days' where ev_data = 'old'`);
  expect(await scalar(database, 'select pgque.dlq_purge($1)', [queue.name])).toBe(1);
  expect(await letters(queue)).toEqual(['young']);
  expect(await scalar(database, `select pgque.dlq_purge($1, '1 hour')`, [queue.name])).toBe(0);
  expect(await scalar(database, `select pgque.dlq_purge($1, '0 seconds')`, [queue.name])).toBe(1);
  expect(await letters(queue)).toBe(null);
});

test('other queues keep theirs', async () => {
  const [queue, other] = [await withDeadLetters(['mine']), await withDeadLetters(['theirs'])];
  expect(await scalar(database, `select pgque.dlq_purge($1, '0 seconds')`, [queue.name])).toBe(1);
  expect(await letters(other)).toEqual(['theirs']);
});

test('NULL for the age and an unknown queue are refused', async () => {
  const queue = await withDeadLetters(['kept']);
  await expect(scalar(database, 'select pgque.dlq_purge($1, null)', [queue.name])).rejects.toMatchObject({
    code: 'QU005',
    message: 'older_than must not be null',
  });
  await expect(scalar(database, `select pgque.dlq_purge('nope')`)).rejects.toMatchObject({ code: 'QU001' });
  expect(await letters(queue)).toEqual(['kept']);
});
