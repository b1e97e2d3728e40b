import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue, type QueueDriver } from '../support/queue-driver.ts';
import { scalar } from '../support/scalar.ts';
import type { Session } from '../support/session.ts';
import { startBlocked } from '../support/start-blocked.ts';

const database = await openTestDatabase();
const [first, second] = [await database.connect(), await database.connect()];
const unsubscribe = (session: Session, queue: QueueDriver) =>
  scalar<number>(session, 'select pgque.unsubscribe($1, $2)', [queue.name, queue.consumer]);
const drop = (session: Session, queue: QueueDriver, force: boolean) =>
  scalar<number>(session, 'select pgque.drop_queue($1, $2)', [queue.name, force]);

test.each([
  { end: 'commit', answer: 0 },
  { end: 'rollback', answer: 1 },
])('of two that subscribe one consumer the second waits, and answers $answer after $end', async ({ end, answer }) => {
  const queue = (await openQueue(database)).as(first, 'new');
  await first.query('begin');
  expect(await queue.subscribe()).toBe(1);
  const waiting = await startBlocked(database, second, () => queue.as(second).subscribe());
  await first.query(end);
  expect(await waiting.answer).toBe(answer);
  await queue.send('x');
  await queue.tick();
  expect(await queue.receivePayloads()).toEqual(['x']);
});

test.each([
  { end: 'commit', answer: 0 },
  { end: 'rollback', answer: 1 },
])('of two that unsubscribe one consumer the second waits, and answers $answer after $end', async ({ end, answer }) => {
  const queue = await openQueue(database);
  await first.query('begin');
  expect(await unsubscribe(first, queue)).toBe(1);
  const waiting = await startBlocked(database, second, () => unsubscribe(second, queue));
  await first.query(end);
  expect(await waiting.answer).toBe(answer);
});

test('subscribe during unsubscribe waits, and is a new subscription', async () => {
  const queue = await openQueue(database);
  await queue.send('for the old one');
  await queue.tick();
  await first.query('begin');
  await unsubscribe(first, queue);
  const waiting = await startBlocked(database, second, () => queue.as(second).subscribe());
  await first.query('commit');
  expect(await waiting.answer).toBe(1);
  await queue.tick();
  expect(await queue.receive()).toEqual([]);
});

test('unsubscribe waits for a session that is receiving, and ends its batch', async () => {
  const queue = await openQueue(database);
  await queue.send('x');
  await queue.tick();
  await first.query('begin');
  const [message] = await queue.as(first).receiveSome();
  const waiting = await startBlocked(database, second, () => unsubscribe(second, queue));
  await first.query('commit');
  expect(await waiting.answer).toBe(1);
  expect(await queue.ack(message.batch_id)).toBe(0);
});

test('receive during unsubscribe waits, and finds no subscription', async () => {
  const queue = await openQueue(database);
  await first.query('begin');
  await unsubscribe(first, queue);
  const waiting = await startBlocked(database, second, () => queue.as(second).receive());
  await first.query('commit');
  await expect(waiting.answer).rejects.toMatchObject({ code: 'QU002' });
});

test('subscribe during a drop waits, and finds no queue', async () => {
  const queue = await openQueue(database);
  await first.query('begin');
  await drop(first, queue, true);
  const waiting = await startBlocked(database, second, () => queue.as(second, 'new').subscribe());
  await first.query('commit');
  await expect(waiting.answer).rejects.toMatchObject({ code: 'QU001' });
});

test('a drop during subscribe waits, and is refused because of the new consumer', async () => {
  const queue = await openQueue(database);
  await unsubscribe(database, queue);
  await first.query('begin');
  await queue.as(first, 'new').subscribe();
  const waiting = await startBlocked(database, second, () => drop(second, queue, false));
  await first.query('commit');
  await expect(waiting.answer).rejects.toMatchObject({ code: 'QU006' });
});

test('a drop with force waits for a consumer at work, whose work then is done', async () => {
  const queue = await openQueue(database);
  await queue.send('x');
  await queue.tick();
  await first.query('begin');
  const [message] = await queue.as(first).receiveSome();
  const waiting = await startBlocked(database, second, () => drop(second, queue, true));
  expect(await queue.as(first).ack(message.batch_id)).toBe(1);
  await first.query('commit');
  expect(await waiting.answer).toBe(1);
});
