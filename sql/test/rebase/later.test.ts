import { expect, test } from 'vitest';
import { maintainUntil, rotateAtOnce, sharedGenerations } from '../support/rotation.ts';
import { rows } from '../support/rows.ts';
import { scalar } from '../support/scalar.ts';
import { openOwn, restoreAndRebase } from './open-restored.ts';

test('retries in flight come once: what the mover has moved stays moved, what it has not is moved when it is due', async () => {
  const { database, queue } = await openOwn();
  await queue.sendMany(['moved', 'due', 'not due']);
  await queue.tick();
  const messages = await queue.receiveSome();
  await queue.nack(messages.slice(0, 1));
  await queue.moveRetries();
  await queue.nack(messages.slice(1, 2));
  await queue.nack(messages.slice(2), '1 hour');
  await queue.ack(messages[0].batch_id);
  await restoreAndRebase(database);
  expect(await queue.moveRetries()).toBe(1);
  expect(await queue.moveRetries()).toBe(0);
  const told = (await queue.drain()).map(({ payload, retry_count }) => [payload, retry_count]);
  expect(told).toEqual([
    ['moved', 1],
    ['due', 1],
  ]);
  await rows(database, `update pgque.later set due_at = clock_timestamp() where due_at > clock_timestamp()`);
  expect(await queue.moveRetries()).toBe(1);
  expect((await queue.drain()).map(({ payload }) => payload)).toEqual(['not due']);
});

test('a retry that was due before the last move, of a transaction that the move did not see, comes once', async () => {
  const { database, queue } = await openOwn();
  await queue.sendMany(['of an open transaction', 'moved']);
  await queue.tick();
  const other = queue.as(database, 'other');
  const messages = await queue.receiveSome();
  const session = await database.connect();
  await session.query('begin');
  await queue.as(session).nack(messages.slice(0, 1));
  await other.subscribe();
  await queue.send('x');
  await queue.tick();
  await other.nack((await other.receiveSome()).slice(0, 1));
  expect(await queue.moveRetries()).toBe(1);
  await session.query('commit');
  await restoreAndRebase(database);
  expect(await queue.moveRetries()).toBe(1);
  expect(await queue.moveRetries()).toBe(0);
});

test('a retried message in an open batch stays what it is, and its next retry is the second', async () => {
  const { database, queue } = await openOwn();
  await queue.send('x');
  await queue.tick();
  const first = await queue.receiveSome();
  await queue.nack(first);
  await queue.ack(first[0].batch_id);
  await queue.moveRetries();
  const again = await queue.receiveSome();
  await restoreAndRebase(database);
  expect(await queue.receive()).toEqual(again);
  expect(await queue.nack(again)).toBe(1);
  await queue.ack(again[0].batch_id);
  await queue.moveRetries();
  expect((await queue.drain()).map(({ retry_count }) => retry_count)).toEqual([2]);
});

test('a message given back in an open batch is still given back: once more is no second retry', async () => {
  const { database, queue } = await openOwn();
  await queue.send('x');
  await queue.tick();
  const messages = await queue.receiveSome();
  await queue.nack(messages);
  await queue.moveRetries();
  await restoreAndRebase(database);
  expect(await queue.nack(messages)).toBe(0);
});

test('a retry is not taken for one of the same name that was moved before the consumer was set back', async () => {
  const { database, queue } = await openOwn();
  await rotateAtOnce(queue);
  await queue.send('x');
  await queue.tick();
  const giveBack = async () => {
    const messages = await queue.receiveSome();
    expect(await queue.nack(messages)).toBe(1);
    await queue.ack(messages[0].batch_id);
  };
  await giveBack();
  await queue.moveRetries();
  await queue.drain();
  // Until the slot of the first retry is the one that is to be emptied next.
  const { later } = await sharedGenerations(database);
  await maintainUntil(database, 'two generations of the retries', async () => {
    await rows(database, `select pgque.send_at($1, 'default', 'y'::text, interval '1 hour')`, [queue.name]);
    return (await sharedGenerations(database)).later === later + 2n;
  });
  await rows(database, `select pgque.seek($1, $2, 'earliest')`, [queue.name, queue.consumer]);
  await giveBack();
  expect(await scalar(database, 'select count(distinct slot) from pgque.later where ev_retry = 1')).toBe(2n);
  await restoreAndRebase(database);
  expect(await queue.moveRetries()).toBe(1);
});

test('delayed sends come once and when due; cancelled ones do not, and others can still be cancelled', async () => {
  const { database, queue } = await openOwn();
  const sendAt = (payload: string, delay: string): Promise<bigint> =>
    scalar(database, `select pgque.send_at($1, 'default', $2::text, $3::interval)`, [queue.name, payload, delay]);
  const cancel = (id: bigint): Promise<boolean> => scalar(database, 'select pgque.cancel($1)', [id]);
  await sendAt('delivered', '0 seconds');
  await queue.moveRetries();
  await queue.drain();
  const cancelled = await sendAt('cancelled', '0 seconds');
  expect(await cancel(cancelled)).toBe(true);
  await sendAt('due', '0 seconds');
  const later = await sendAt('cancelled later', '1 hour');
  await sendAt('not due', '1 hour');
  await restoreAndRebase(database);
  expect(await cancel(cancelled)).toBe(false);
  expect(await cancel(later)).toBe(true);
  await queue.moveRetries();
  expect((await queue.drain()).map(({ payload }) => payload)).toEqual(['due']);
  await rows(database, `update pgque.later set due_at = clock_timestamp() where due_at > clock_timestamp()`);
  await queue.moveRetries();
  expect((await queue.drain()).map(({ payload }) => payload)).toEqual(['not due']);
});

test('dead letters stay, and are replayed', async () => {
  const { database, queue } = await openOwn({ max_retries: 0 });
  await queue.send('x');
  await queue.tick();
  const messages = await queue.receiveSome();
  await queue.nack(messages);
  await queue.ack(messages[0].batch_id);
  await restoreAndRebase(database);
  await rows(database, 'select pgque.dlq_replay_all($1)', [queue.name]);
  await queue.tick();
  expect((await queue.drain()).map(({ payload }) => payload)).toEqual(['x']);
});

test('a database without queues, and with a mover that has moved, is rebased as well', async () => {
  const { database, queue } = await openOwn();
  await rows(database, `select pgque.send_at($1, 'default', 'x'::text, interval '0 seconds')`, [queue.name]);
  await queue.moveRetries();
  await rows(database, 'select pgque.drop_queue($1, true)', [queue.name]);
  expect(await restoreAndRebase(database)).toBe(0);
  expect(await scalar(database, `select count(*) from pgque._check_cluster()`)).toBe(0n);
});
