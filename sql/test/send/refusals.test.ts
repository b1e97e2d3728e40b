import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue, QueueDriver } from '../support/queue-driver.ts';

const database = await openTestDatabase();

test('an unknown queue is refused with its name', async () => {
  await expect(new QueueDriver(database, 'nope').send('x')).rejects.toMatchObject({
    code: 'QU001',
    message: 'queue not found: nope',
    detail: 'nope',
    hint: expect.stringContaining('create_queue'),
  });
});

test('NULL as the queue is refused as not found', async () => {
  await expect(database.query(`select pgque.send(null, 'x'::text)`)).rejects.toMatchObject({
    code: 'QU001',
    message: 'queue not found: NULL',
  });
});

test('a queue with disable_insert takes no events until that is taken back', async () => {
  const queue = await openQueue(database, { disable_insert: true });
  const refusal = { code: 'QU007', message: `Insert into queue disallowed: ${queue.name}` };
  await expect(queue.send('x')).rejects.toMatchObject(refusal);
  await expect(queue.sendMany(['x'])).rejects.toMatchObject(refusal);
  await queue.configure('disable_insert', 'false');
  await queue.send('y');
  await queue.tick();
  expect(await queue.receivePayloads()).toEqual(['y']);
});

test('a message of an aborted transaction is never delivered, nor one behind a savepoint that was rolled back', async () => {
  const queue = await openQueue(database);
  const session = await database.connect();
  const sender = queue.as(session);
  await session.query('begin');
  await sender.send('aborted');
  await session.query('rollback');
  await session.query('begin');
  await sender.send('kept');
  await session.query('savepoint a');
  await sender.send('given up');
  await session.query('rollback to a');
  await sender.send('kept too');
  await session.query('commit');
  await queue.tick();
  expect(await queue.receivePayloads()).toEqual(['kept', 'kept too']);
});
