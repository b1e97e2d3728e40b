import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue, QueueDriver } from '../support/queue-driver.ts';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();
const queue = await openQueue(database);

test.each([0, -1, -2_147_483_648, null])('max_return %s is refused', async (maxReturn) => {
  const receiving = database.query('select * from pgque.receive($1, $2, $3)', [queue.name, queue.consumer, maxReturn]);
  await expect(receiving).rejects.toMatchObject({ code: 'QU005', message: 'max_return must be >= 1' });
});

test('max_return is 100 unless it is given, and may be as large as an integer', async () => {
  await queue.sendMany(Array.from({ length: 150 }, (_, index) => String(index)));
  await queue.tick();
  const count = 'select count(*) from pgque.receive($1, $2)';
  expect(await scalar(database, count, [queue.name, queue.consumer])).toBe(100n);
  const [message] = await queue.receiveSome();
  await queue.ack(message.batch_id);
  expect(await queue.receive(2_147_483_647)).toHaveLength(50);
});

test('an unknown queue and an unknown consumer are two errors', async () => {
  await expect(new QueueDriver(database, 'nope').receive()).rejects.toMatchObject({
    code: 'QU001',
    message: 'queue not found: nope',
  });
  await expect(queue.as(database, 'nobody').receive()).rejects.toMatchObject({
    code: 'QU002',
    message: `consumer not registered: ${queue.name}, nobody`,
    hint: expect.stringContaining('subscribe'),
  });
  await expect(database.query('select pgque.receive($1, null)', [queue.name])).rejects.toMatchObject({ code: 'QU002' });
  await expect(database.query(`select pgque.receive(null, 'c')`)).rejects.toMatchObject({ code: 'QU001' });
});
