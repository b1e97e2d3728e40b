import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue, type QueueDriver } from '../support/queue-driver.ts';
import { maintainUntil, rotateAtOnce, sharedGenerations } from '../support/rotation.ts';
import { scalar } from '../support/scalar.ts';
import { startBlocked } from '../support/start-blocked.ts';

const database = await openTestDatabase();
const [first, second] = [await database.connect(), await database.connect()];

const sendAt = (queue: QueueDriver, delay: string): Promise<bigint> =>
  scalar(queue.session, `select pgque.send_at($1, 't', 'x'::text, $2::interval)`, [queue.name, delay]);
const cancel = (session: QueueDriver['session'], id: bigint): Promise<boolean> =>
  scalar(session, 'select pgque.cancel($1)', [id]);

test('a cancelled message is not delivered, and cancelled once', async () => {
  const queue = await openQueue(database);
  const id = await sendAt(queue, '0 seconds');
  expect(await cancel(database, id)).toBe(true);
  expect(await cancel(database, id)).toBe(false);
  expect(await queue.moveRetries()).toBe(0);
  expect(await queue.receive()).toEqual([]);
});

test('what has been moved, and what never was, cannot be cancelled', async () => {
  const queue = await openQueue(database);
  const id = await sendAt(queue, '0 seconds');
  expect(await queue.moveRetries()).toBe(1);
  expect(await cancel(database, id)).toBe(false);
  expect(await cancel(database, id + 1000n)).toBe(false);
  expect(await scalar(database, 'select pgque.cancel(null)')).toBe(false);
  expect(await queue.receivePayloads()).toEqual(['x']);
});

test('a cancellation that is rolled back is none', async () => {
  const queue = await openQueue(database);
  const id = await sendAt(queue, '0 seconds');
  await first.query('begin');
  expect(await cancel(first, id)).toBe(true);
  await first.query('rollback');
  expect(await queue.moveRetries()).toBe(1);
});

test('of a mover and a cancellation at once, the second waits and finds what the first has done', async () => {
  const queue = await openQueue(database);
  const id = await sendAt(queue, '0 seconds');
  await first.query('begin');
  expect(await scalar(first, 'select pgque.maint_retry_events()')).toBe(1);
  const waiting = await startBlocked(database, second, () => cancel(second, id));
  await first.query('commit');
  expect(await waiting.answer).toBe(false);
});

test('a cancelled message stays cancelled, whatever rotated before it was due', async () => {
  const queue = await openQueue(database);
  await rotateAtOnce(queue);
  const id = await sendAt(queue, '1 month');
  expect(await cancel(database, id)).toBe(true);
  const { later } = await sharedGenerations(database);
  await maintainUntil(
    database,
    'four rotations of later',
    async () => {
      for (let i = 0; i < 4; i += 1) await sendAt(queue, '0 seconds');
      await queue.moveRetries();
      return (await sharedGenerations(database)).later >= later + 4n;
    },
    100,
  );
  expect(await cancel(database, id)).toBe(false);
});
