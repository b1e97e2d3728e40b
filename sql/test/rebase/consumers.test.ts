import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openGroup } from '../support/group-driver.ts';
import { openQueue } from '../support/queue-driver.ts';
import { rows } from '../support/rows.ts';
import { scalar } from '../support/scalar.ts';
import { openOwn, rebase, restoreAndRebase } from './open-restored.ts';
import { transplant } from './transplant.ts';

const payloadsOf = (messages: readonly { payload: string | null }[]) => messages.map(({ payload }) => payload);

test('a consumer goes on where it stood: with what a tick has covered, and with what none has', async () => {
  const { database, queue } = await openOwn();
  for (const payload of ['acknowledged', 'ticked', 'ticked later']) {
    await queue.send(payload);
    await queue.tick();
    if (payload === 'acknowledged') await queue.drain();
  }
  await queue.send('not ticked');
  expect(await restoreAndRebase(database)).toBe(1);
  expect(payloadsOf(await queue.drain())).toEqual(['ticked', 'ticked later']);
  await queue.send('sent afterwards');
  await queue.tick();
  expect(payloadsOf(await queue.drain())).toEqual(['not ticked', 'sent afterwards']);
});

test('an open batch stays open with the same rows, and its acknowledgement counts', async () => {
  const { database, queue } = await openOwn();
  await queue.sendMany(['a', 'b', 'c', 'd', 'e']);
  await queue.tick();
  await queue.ack((await queue.receiveSome(2))[0].batch_id);
  const page = await queue.receiveSome(2);
  await restoreAndRebase(database);
  expect(await queue.receive()).toEqual(page);
  expect(payloadsOf(page)).toEqual(['c', 'd']);
  expect(await queue.ack(page[0].batch_id)).toBe(1);
  expect(payloadsOf(await queue.drain())).toEqual(['e']);
});

test('a window that next_batch() opened stays open, and finish_batch() closes it', async () => {
  const { database, queue } = await openOwn();
  await queue.send('x');
  await queue.tick();
  const batch = await scalar<bigint>(database, 'select pgque.next_batch($1, $2)', [queue.name, queue.consumer]);
  await restoreAndRebase(database);
  const events = await rows<{ ev_data: string }>(database, 'select ev_data from pgque.get_batch_events($1)', [batch]);
  expect(events).toEqual([{ ev_data: 'x' }]);
  expect(await scalar(database, 'select pgque.finish_batch($1)', [batch])).toBe(1);
  expect(await queue.receive()).toEqual([]);
});

test('an event of a transaction that was open at ticks is where it was: before, in or behind the window', async () => {
  const { database, queue } = await openOwn({ ticker_max_lag: '0 seconds' });
  const ticker = () => rows(database, 'select pgque.ticker()');
  const behind = queue.as(database, 'behind');
  await behind.subscribe();
  const [early, late, last] = [await database.connect(), await database.connect(), await database.connect()];
  for (const [session, payload] of [
    [early, 'early'],
    [late, 'late'],
    [last, 'last'],
  ] as const) {
    await session.query('begin');
    await queue.as(session).send(payload);
  }
  await queue.send('of the first tick');
  await ticker();
  const first = await queue.receiveSome();
  await queue.ack(first[0].batch_id);
  await early.query('commit');
  await queue.send('of the second tick');
  await ticker();
  const open = await queue.receiveSome();
  expect([payloadsOf(first), payloadsOf(open)]).toEqual([['of the first tick'], ['early', 'of the second tick']]);
  await late.query('commit');
  await queue.send('of the third tick');
  await ticker();
  await last.query('commit');
  await restoreAndRebase(database);
  expect(await queue.receive()).toEqual(open);
  await queue.ack(open[0].batch_id);
  expect(payloadsOf(await queue.drain())).toEqual(['late', 'of the third tick']);
  await queue.tick();
  expect(payloadsOf(await queue.drain())).toEqual(['last']);
  expect(payloadsOf(await behind.drain()).toSorted()).toEqual([
    'early',
    'last',
    'late',
    'of the first tick',
    'of the second tick',
    'of the third tick',
  ]);
});

test('members keep their batches, the group its page, and a batch is taken over after dead_interval', async () => {
  const database = await openTestDatabase();
  const group = await openGroup(database);
  await group.register('second');
  await group.queue.sendMany(['a', 'b', 'c']);
  await group.queue.tick();
  const [a, b] = [await group.receive('first', 1), await group.receive('second', 1)];
  expect(payloadsOf([...a, ...b])).toEqual(['a', 'b']);
  await restoreAndRebase(database);
  expect(await group.receive('first')).toEqual(a);
  expect(await group.queue.ack(a[0]?.batch_id)).toBe(1);
  const c = await group.receive('first');
  expect(payloadsOf(c)).toEqual(['c']);
  expect(await group.queue.ack(c[0]?.batch_id)).toBe(1);
  const taken = await group.receive('first', 100, '0 seconds');
  expect(payloadsOf(taken)).toEqual(['b']);
  expect(await group.queue.ack(b[0]?.batch_id)).toBe(0);
  expect(await group.queue.ack(taken[0]?.batch_id)).toBe(1);
  expect(await group.receive('second')).toEqual([]);
});

test('each of several queues has its own ticks and positions', async () => {
  const { database, queue } = await openOwn();
  const other = await openQueue(database);
  await queue.send('first');
  await queue.tick();
  await queue.tick();
  await other.send('second');
  await other.tick();
  await other.drain();
  await other.send('third');
  expect(await restoreAndRebase(database)).toBe(2);
  await other.tick();
  expect(payloadsOf(await queue.drain())).toEqual(['first']);
  expect(payloadsOf(await other.drain())).toEqual(['third']);
});

test('seek() and a subscription from the earliest position reach what is held', async () => {
  const { database, queue } = await openOwn();
  await queue.send('a');
  const tick = await queue.tick();
  await queue.send('b');
  await queue.tick();
  await queue.drain();
  await restoreAndRebase(database);
  expect(await scalar(database, 'select pgque.seek($1, $2, $3::bigint)', [queue.name, queue.consumer, tick])).toBe(
    tick,
  );
  expect(payloadsOf(await queue.drain())).toEqual(['b']);
  await rows(database, `select pgque.subscribe($1, 'new', 'earliest')`, [queue.name]);
  expect(payloadsOf(await queue.as(database, 'new').drain())).toEqual(['a', 'b']);
});

test('what was sent between the restore and rebase() is delivered too, and once', async () => {
  const { database, queue } = await openOwn();
  await queue.send('before the dump');
  await queue.tick();
  await queue.drain();
  await queue.send('pending');
  await transplant(database);
  await queue.send('after the restore');
  await rebase(database);
  await queue.tick();
  expect(payloadsOf(await queue.drain())).toEqual(['pending', 'after the restore']);
});
