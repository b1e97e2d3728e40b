import { randomUUID } from 'node:crypto';
import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue } from '../support/queue-driver.ts';
import { scalar } from '../support/scalar.ts';
import type { Session } from '../support/session.ts';
import { startBlocked } from '../support/start-blocked.ts';

const database = await openTestDatabase();
const [first, second] = [await database.connect(), await database.connect()];
const create = (session: Session, name: string) => scalar<number>(session, 'select pgque.create_queue($1)', [name]);
const drop = (session: Session, name: string, force = false) =>
  scalar<number>(session, 'select pgque.drop_queue($1, $2)', [name, force]);

test.each([
  { end: 'commit', answer: 0 },
  { end: 'rollback', answer: 1 },
])('of two that create one queue the second waits, and answers $answer after $end', async ({ end, answer }) => {
  const name = randomUUID();
  await first.query('begin');
  expect(await create(first, name)).toBe(1);
  const waiting = await startBlocked(database, second, () => create(second, name));
  await first.query(end);
  expect(await waiting.answer).toBe(answer);
  expect(await scalar(database, 'select count(*) from pgque.queue where queue_name = $1', [name])).toBe(1n);
});

test('of two that drop one queue the second waits, and finds none', async () => {
  const { name } = await openQueue(database);
  await first.query('begin');
  expect(await drop(first, name, true)).toBe(1);
  const waiting = await startBlocked(database, second, () => drop(second, name, true));
  await first.query('commit');
  await expect(waiting.answer).rejects.toMatchObject({ code: 'QU001' });
});

test('create during a drop finds the queue still there; after the drop it creates a new one', async () => {
  const { name } = await openQueue(database);
  await first.query('begin');
  await drop(first, name, true);
  expect(await create(second, name)).toBe(0);
  await first.query('commit');
  expect(await create(second, name)).toBe(1);
});

test('creating another queue during a drop waits, and gets a partition that is its own', async () => {
  const dropped = await openQueue(database);
  await first.query('begin');
  await drop(first, dropped.name, true);
  const waiting = await startBlocked(database, second, () => openQueue(second));
  await first.query('commit');
  const created = (await waiting.answer).as(database);
  await created.send('x');
  await created.tick();
  expect(await created.receivePayloads()).toEqual(['x']);
});

test('drop waits for a producer with an open transaction', async () => {
  const queue = await openQueue(database);
  await first.query('begin');
  await queue.as(first).send('x');
  const waiting = await startBlocked(database, second, () => drop(second, queue.name, true));
  await first.query('commit');
  expect(await waiting.answer).toBe(1);
  await expect(queue.send('y')).rejects.toMatchObject({ code: 'QU001' });
});

test('a producer that waited behind a drop sends when the drop is rolled back', async () => {
  const queue = await openQueue(database);
  await first.query('begin');
  await drop(first, queue.name, true);
  const waiting = await startBlocked(database, second, () => queue.as(second).send('x'));
  await first.query('rollback');
  await waiting.answer;
  await queue.tick();
  expect(await queue.receivePayloads()).toEqual(['x']);
});

test('a producer that waited behind a drop sends nothing into the successor of the queue', async () => {
  const queue = await openQueue(database);
  await second.query('begin');
  await first.query('begin');
  await drop(first, queue.name, true);
  // What it sends goes with the queue: its transaction is as good as committed before the drop.
  const waiting = await startBlocked(database, second, () => queue.as(second).send('ghost'));
  await first.query('commit');
  expect(await waiting.answer).toEqual(expect.any(BigInt));
  await second.query('commit');
  await expect(queue.as(second).send('again')).rejects.toMatchObject({ code: 'QU001' });

  expect(await create(first, queue.name)).toBe(1);
  await queue.subscribe();
  await queue.send('real');
  await queue.tick();
  expect(await queue.receivePayloads()).toEqual(['real']);
});

test('the successor waits for a producer that is still writing into the old queue, and sees nothing of it', async () => {
  const queue = await openQueue(database);
  await second.query('begin');
  await first.query('begin');
  await drop(first, queue.name, true);
  const sending = await startBlocked(database, second, () => queue.as(second).send('ghost'));
  await first.query('commit');
  await sending.answer;
  const creating = await startBlocked(database, first, () => create(first, queue.name));
  await second.query('commit');
  expect(await creating.answer).toBe(1);
  await queue.subscribe();
  await queue.tick();
  expect(await queue.receive()).toEqual([]);
});

test('creating and dropping queues neither waits for producers of others nor stops them', async () => {
  const [used, other] = [await openQueue(database), await openQueue(database)];
  const producer = await database.connect();
  const operator = await database.connect();
  // Whoever waits at all fails.
  for (const session of [producer, operator]) await session.query(`set lock_timeout = '1ms'`);
  await producer.query('begin');
  await used.as(producer).send('before');
  await operator.query('begin');
  const created = await openQueue(operator);
  await used.as(producer).send('during create');
  await operator.query('commit');
  await operator.query('begin');
  await drop(operator, other.name, true);
  await used.as(producer).send('during drop');
  await operator.query('commit');
  await created.as(producer).send('into the new one');
  await producer.query('commit');
  await used.tick();
  expect(await used.receivePayloads()).toEqual(['before', 'during create', 'during drop']);
});
