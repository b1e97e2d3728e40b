import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue } from '../support/queue-driver.ts';

const database = await openTestDatabase();
const queue = await openQueue(database, { max_retries: 0 });
for (const payload of ['first', 'second', 'third']) {
  await queue.send(payload);
  await queue.tick();
  const messages = await queue.receiveSome();
  await queue.nack(messages);
  await queue.ack(messages[0].batch_id);
}
const inspect = async (name: string, limit: number | null) =>
  (await database.query<{ ev_data: string }>('select * from pgque.dlq_inspect($1, $2)', [name, limit])).map(
    (letter) => letter.ev_data,
  );

test('the newest come first, at most as many as asked for', async () => {
  expect(await inspect(queue.name, 100)).toEqual(['third', 'second', 'first']);
  expect(await inspect(queue.name, 2)).toEqual(['third', 'second']);
  expect(await inspect(queue.name, 0)).toEqual([]);
  expect(await inspect(queue.name, -1)).toEqual([]);
});

test('dead letters of another queue do not show', async () => {
  const other = await openQueue(database);
  expect(await inspect(other.name, 100)).toEqual([]);
});

test('an unknown queue is refused', async () => {
  await expect(inspect('nope', 1)).rejects.toMatchObject({ code: 'QU001', message: 'queue not found: nope' });
});
