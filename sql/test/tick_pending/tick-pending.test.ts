import { openPrivateServer } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue } from '../support/queue-driver.ts';
import { rows } from '../support/rows.ts';
import { scalar } from '../support/scalar.ts';
import type { Session } from '../support/session.ts';

interface Pending {
  ticked: bigint;
  is_owed: boolean;
  is_doorbell: boolean;
  next_due_at: Date | null;
}

const { database } = await openPrivateServer({ settings: { max_prepared_transactions: 0 } });

async function tickPending(sleepSeconds = 0, session: Session = database): Promise<Pending> {
  const [pending] = await rows<Pending>(session, 'select * from pgque.tick_pending($1)', [sleepSeconds]);
  if (!pending) throw new Error('tick_pending() returned nothing');
  return pending;
}

/** Rings of the doorbell that a session hears, each as soon as the server tells it. */
async function listen(): Promise<{ rings(): Promise<number> }> {
  const session = await database.connect();
  let rings = 0;
  session.on('notification', () => {
    rings += 1;
  });
  await session.query('listen "pgque:doorbell"');
  // What was notified before this statement arrives with its answer.
  return { rings: () => session.query('select 1').then(() => rings) };
}

test('a queue with an event is ticked at once, whatever its thresholds; one at rest is not', async () => {
  const queue = await openQueue(database, { ticker_max_lag: '1 hour', ticker_max_count: 1_000_000 });
  await openQueue(database);
  await queue.send('x');
  expect((await tickPending()).ticked).toBe(1n);
  expect((await tickPending()).ticked).toBe(0n);
  expect(await queue.receivePayloads()).toEqual(['x']);
});

test('a paused queue and one with an external ticker are left alone', async () => {
  const paused = await openQueue(database, { ticker_paused: true });
  const external = await openQueue(database, { external_ticker: true });
  await paused.send('x');
  await external.send('x');
  expect(await tickPending(60)).toMatchObject({ ticked: 0n, is_owed: false });
});

test('events of a transaction that was open at a tick are owed until it has ended, and then ticked', async () => {
  const queue = await openQueue(database);
  const producer = queue.as(await database.connect());
  await rows(producer.session, 'begin');
  await producer.send('late');
  expect(await tickPending(60)).toMatchObject({ ticked: 1n, is_owed: true });
  expect(await tickPending(60)).toMatchObject({ ticked: 0n, is_owed: true });
  await rows(producer.session, 'commit');
  expect(await tickPending(60)).toMatchObject({ ticked: 1n, is_owed: false });
  expect(await queue.receivePayloads()).toEqual(['late']);
});

test('whoever sends while the ticker sleeps rings once per transaction, and nobody rings while it is awake', async () => {
  const queue = await openQueue(database);
  const bell = await listen();
  await tickPending();
  await queue.send('awake');
  expect(await bell.rings()).toBe(0);
  await tickPending();
  expect(await tickPending(60)).toMatchObject({ ticked: 0n, is_doorbell: true });
  await queue.send('one');
  expect(await bell.rings()).toBe(1);
  await queue.sendMany(['two', 'three']);
  expect(await bell.rings()).toBe(2);
  const producer = queue.as(await database.connect());
  await rows(producer.session, 'begin');
  await producer.send('four');
  await producer.send('five');
  expect(await bell.rings()).toBe(2);
  await rows(producer.session, 'commit');
  expect(await bell.rings()).toBe(3);
  await tickPending();
  await queue.send('awake again');
  expect(await bell.rings()).toBe(3);
});

test('delayed sends and nacks ring too, and tell when they are due', async () => {
  const queue = await openQueue(database);
  await queue.send('x');
  await tickPending();
  const [message] = await queue.receiveSome();
  const bell = await listen();
  expect((await tickPending(60)).next_due_at).toBe(null);
  await rows(database, `select pgque.send_at($1, 'default', 'later'::text, interval '1 hour')`, [queue.name]);
  expect(await bell.rings()).toBe(1);
  await queue.nack([message], '1 minute');
  expect(await bell.rings()).toBe(2);
  const dueAt = await scalar<Date>(database, 'select min(due_at) from pgque.later');
  expect((await tickPending(60)).next_due_at).toEqual(dueAt);
});

test('a ticker that died asleep is not rung for ever', async () => {
  const queue = await openQueue(database);
  await tickPending(60);
  // Moves the end of its sleep into the past, which is the same as waiting.
  await rows(database, `select setval('pgque.doorbell', 1)`);
  const bell = await listen();
  await queue.send('x');
  expect(await bell.rings()).toBe(0);
});

test('a sleep that is no number of seconds is refused', async () => {
  for (const seconds of [-1, 3601, null]) {
    await expect(rows(database, 'select pgque.tick_pending($1)', [seconds])).rejects.toMatchObject({ code: 'QU005' });
  }
});

test('with two-phase commit nobody is rung, so that what was sent can be prepared', async () => {
  const { database: prepared } = await openPrivateServer({ settings: { max_prepared_transactions: 5 } });
  const queue = await openQueue(prepared);
  expect(await tickPending(60, prepared)).toMatchObject({ is_doorbell: false });
  const producer = queue.as(await prepared.connect());
  await rows(producer.session, 'begin');
  await producer.send('in two phases');
  await rows(producer.session, `prepare transaction 'sent'`);
  await rows(producer.session, `commit prepared 'sent'`);
  await tickPending(0, prepared);
  expect(await queue.receivePayloads()).toEqual(['in two phases']);
});
