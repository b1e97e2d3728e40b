import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue } from '../support/queue-driver.ts';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();

test('a queue with consumers is not dropped', async () => {
  const queue = await openQueue(database);
  await expect(scalar(database, 'select pgque.drop_queue($1)', [queue.name])).rejects.toMatchObject({
    code: 'QU006',
    message: `cannot drop queue, consumers still attached: ${queue.name}`,
    detail: queue.name,
    hint: expect.stringContaining('force'),
  });
  await queue.send('still there');
  await queue.tick();
  expect(await queue.receivePayloads()).toEqual(['still there']);
});

test('NULL and false for force are the same', async () => {
  const queue = await openQueue(database);
  for (const force of [null, false]) {
    const dropping = scalar(database, 'select pgque.drop_queue($1, $2)', [queue.name, force]);
    await expect(dropping).rejects.toMatchObject({ code: 'QU006' });
  }
});

test('without consumers it is dropped', async () => {
  const queue = await openQueue(database);
  await scalar(database, 'select pgque.unsubscribe($1, $2)', [queue.name, queue.consumer]);
  expect(await scalar(database, 'select pgque.drop_queue($1)', [queue.name])).toBe(1);
  await expect(queue.send('x')).rejects.toMatchObject({ code: 'QU001' });
});

test('force ends subscriptions, open batches, retries and dead letters with it', async () => {
  const queue = await openQueue(database, { max_retries: 1 });
  await queue.sendMany(['to retry', 'to bury']);
  await queue.tick();
  const [toRetry, toBury] = await queue.receiveSome();
  await queue.nack([toRetry], '1 hour');
  await scalar(database, 'select pgque.event_dead($1, $2)', [toRetry.batch_id, toBury?.msg_id]);
  expect(await scalar(database, 'select pgque.drop_queue($1, true)', [queue.name])).toBe(1);

  await expect(queue.receive()).rejects.toMatchObject({ code: 'QU001' });
  expect(await queue.ack(toRetry.batch_id)).toBe(0);
  await expect(queue.nack([toRetry])).rejects.toMatchObject({ code: 'QU003' });
  expect(await scalar(database, 'select count(*) from pgque.dead_letter')).toBe(0n);
  expect(await database.query('select * from pgque.get_consumer_info() where queue_name = $1', [queue.name])).toEqual(
    [],
  );
});

test('an unknown queue is refused', async () => {
  for (const name of ['nope', null]) {
    const dropping = scalar(database, 'select pgque.drop_queue($1)', [name]);
    await expect(dropping).rejects.toMatchObject({ code: 'QU001', message: `queue not found: ${name ?? 'NULL'}` });
  }
});
