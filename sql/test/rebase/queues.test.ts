import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { deadTuples } from '../support/dead-tuples.ts';
import { findings } from '../support/health.ts';
import { openQueue, QueueDriver } from '../support/queue-driver.ts';
import { rotateAtOnce, rotateEventLog, sharedGenerations } from '../support/rotation.ts';
import { rows } from '../support/rows.ts';
import { scalar } from '../support/scalar.ts';
import { openOwn, rebase, restoreAndRebase } from './open-restored.ts';
import { transplant } from './transplant.ts';

const drained = async (queue: QueueDriver) => (await queue.drain()).map(({ payload }) => payload);

test('a paused queue stays paused with its events, and health() sees the restore by them alone', async () => {
  const { database, queue } = await openOwn();
  await rows(database, 'select pgque.pause_queue($1)', [queue.name]);
  await queue.send('x');
  await rows(database, `update pgque.tick set tick_time = tick_time - interval '1 hour'`);
  await rows(database, 'update pgque.event set ev_txid = (ev_txid::text::bigint + 1000000)::text::xid8');
  expect(await findings(database, 'cluster')).toMatchObject([{ status: 'fail', queue_name: queue.name }]);
  expect(await rebase(database)).toBe(1);
  expect(await findings(database, 'cluster')).toMatchObject([{ status: 'ok' }]);
  expect(await scalar(database, 'select pgque.ticker()')).toBe(0n);
  await rows(database, 'select pgque.resume_queue($1)', [queue.name]);
  await queue.tick();
  expect(await drained(queue)).toEqual(['x']);
});

test('an external ticker goes on with its own numbers', async () => {
  const { database, queue } = await openOwn({ external_ticker: true });
  const tick = (id: number, seq: number): Promise<bigint> =>
    scalar(database, 'select pgque.ticker($1, $2, clock_timestamp(), $3)', [queue.name, id, seq]);
  await queue.send('a');
  await tick(1000, 50);
  await queue.send('b');
  await restoreAndRebase(database);
  expect(await drained(queue)).toEqual(['a']);
  await expect(tick(1000, 60)).rejects.toMatchObject({ code: 'QU015' });
  await tick(1001, 60);
  expect(await drained(queue)).toEqual(['b']);
});

test('a queue that took over the log of a dropped one has its own events only', async () => {
  const { database, queue } = await openOwn();
  await queue.send('of the predecessor');
  await queue.tick();
  await rows(database, 'select pgque.drop_queue($1, true)', [queue.name]);
  const successor = await openQueue(database);
  await successor.send('x');
  await successor.tick();
  expect(await restoreAndRebase(database)).toBe(1);
  expect(await drained(successor)).toEqual(['x']);
  await successor.send('y');
  await successor.tick();
  expect(await drained(successor)).toEqual(['y']);
});

test('a queue whose log another took over while it was dumped can be sent to again', async () => {
  const { database, queue } = await openOwn();
  await rows(
    database,
    `select setval(generation_seq, ((epoch + 1)::bigint << 40) + 3) from pgque.queue where queue_name = $1`,
    [queue.name],
  );
  await expect(queue.send('x')).rejects.toMatchObject({ code: '40001' });
  expect(await findings(database, 'cluster')).toMatchObject([{ status: 'fail', queue_name: queue.name }]);
  expect(await rebase(database)).toBe(1);
  await queue.send('x');
  await queue.tick();
  expect(await drained(queue)).toEqual(['x']);
});

test('a queue that has lost its ticks gets one, and everything that came after the positions of its consumers', async () => {
  const { database, queue } = await openOwn();
  await queue.send('acknowledged');
  await queue.tick();
  await queue.drain();
  await queue.send('x');
  await transplant(database);
  await rows(database, 'truncate pgque.tick_0, pgque.tick_1, pgque.tick_2');
  expect(await rebase(database)).toBe(1);
  await queue.tick();
  expect(await drained(queue)).toEqual(['x']);
});

test('a queue without ticks and consumers has its events for those who subscribe', async () => {
  const database = await openTestDatabase();
  const queue = new QueueDriver(database, 'alone');
  await rows(database, 'select pgque.create_queue($1)', [queue.name]);
  await queue.send('x');
  await transplant(database);
  await rows(database, 'truncate pgque.tick_0, pgque.tick_1, pgque.tick_2');
  expect(await rebase(database)).toBe(1);
  await queue.subscribe();
  await queue.tick();
  expect(await drained(queue)).toEqual(['x']);
});

test('events in all three slots are kept, and rotation goes on', async () => {
  const { database, queue } = await openOwn();
  const behind = queue.as(database, 'behind');
  await behind.subscribe();
  await rotateAtOnce(queue);
  const payloads = ['a', 'b', 'c'];
  for (const [at, payload] of payloads.entries()) {
    await queue.send(payload);
    await queue.tick();
    await queue.drain();
    if (at < 2) await rotateEventLog(queue);
  }
  const slots = 'select count(distinct slot) from pgque.event';
  expect(await scalar(database, slots)).toBe(3n);
  await restoreAndRebase(database);
  expect(await scalar(database, slots)).toBe(1n);
  expect(await drained(behind)).toEqual(payloads);
  const before = await sharedGenerations(database);
  for (let round = 0; round < 3; round += 1) {
    await queue.send(`${round}`);
    await queue.tick();
    expect(await drained(queue)).toEqual([`${round}`]);
    await behind.drain();
    await rotateEventLog(queue);
  }
  const after = await sharedGenerations(database);
  expect(after.tick).toBeGreaterThan(before.tick);
  expect(after.cursor).toBeGreaterThan(before.cursor);
});

test('it leaves no dead tuple in a log', async () => {
  const { database, queue } = await openOwn();
  await queue.sendMany(['a', 'b', 'c']);
  await queue.tick();
  const messages = await queue.receiveSome();
  await queue.nack(messages, '1 hour');
  await transplant(database);
  // What moving the ids of the test itself has left.
  await rows(database, 'vacuum');
  await rebase(database);
  expect((await deadTuples(database)).filter(({ name }) => /^(event|tick|cursor|later)_/.test(name))).toEqual([]);
});
