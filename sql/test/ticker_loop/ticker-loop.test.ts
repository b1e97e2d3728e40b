import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { openTestDatabase, type TestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue, type QueueDriver } from '../support/queue-driver.ts';
import { receiveNext, TickListener } from '../support/receive-next.ts';
import { rotateAtOnce, sharedGenerations } from '../support/rotation.ts';
import { scalar } from '../support/scalar.ts';

/** A loop in a session of its own, which stop() or its duration ends. */
async function startLoop(database: TestDatabase, duration = '1 minute') {
  const session = await database.connect();
  const warnings: string[] = [];
  session.on('notice', ({ message = '' }) => warnings.push(message));
  const end = session.query('call pgque.ticker_loop($1)', [duration]);
  end.catch(() => {});
  return { session, warnings, end };
}

async function stopLoop(database: TestDatabase, loop: { end: Promise<unknown> }): Promise<void> {
  await scalar(database, 'select pgque.stop()');
  await loop.end;
}

/** Ticks of this queue, heard by another session. */
const listen = async (database: TestDatabase, queue: QueueDriver): Promise<TickListener> =>
  TickListener.open(await database.connect(), queue);

test('events are delivered while it runs: each tick is committed, and announced to who listens', async () => {
  const database = await openTestDatabase();
  const queue = await openQueue(database, { ticker_max_lag: '0 seconds' });
  const ticks = await listen(database, queue);
  const loop = await startLoop(database);
  for (const payload of ['first', 'second']) {
    await queue.send(payload);
    const messages = await receiveNext(queue, ticks);
    expect(messages.map((message) => message.payload)).toEqual([payload]);
    await queue.ack(messages[0].batch_id);
  }
  await stopLoop(database, loop);
  expect(loop.warnings).toEqual([]);
});

test('it moves retries that fall due meanwhile', async () => {
  const database = await openTestDatabase();
  const queue = await openQueue(database, { ticker_max_lag: '0 seconds' });
  await queue.send('again');
  await queue.tick();
  const messages = await queue.receiveSome();
  await queue.nack(messages, '300 milliseconds');
  await queue.ack(messages[0].batch_id);
  const ticks = await listen(database, queue);
  const loop = await startLoop(database);
  const retried = await receiveNext(queue, ticks);
  expect(retried.map(({ msg_id, retry_count }) => ({ msg_id, retry_count }))).toEqual([
    { msg_id: messages[0].msg_id, retry_count: 1 },
  ]);
  await stopLoop(database, loop);
});

test('it rotates the logs, on and on while there is something to rotate', async () => {
  const database = await openTestDatabase();
  const queue = await openQueue(database, { ticker_max_lag: '0 seconds' });
  await rotateAtOnce(queue);
  const before = await sharedGenerations(database);
  const loop = await startLoop(database);
  while ((await sharedGenerations(database)).tick < before.tick + 2n) await queue.send('x');
  await stopLoop(database, loop);
  expect(loop.warnings).toEqual([]);
});

test('it ticks once per period until it has lasted long enough, and a new period counts at once', async () => {
  const database = await openTestDatabase();
  const queue = await openQueue(database);
  // Due whenever it is asked, which no setting allows.
  await database.query(`update pgque.queue set ticker_idle_period = '0 seconds'`);
  const lastTick = () => scalar<bigint>(database, 'select last_tick_id from pgque.get_queue_info($1)', [queue.name]);
  await scalar(database, 'select pgque.set_tick_period_ms(250)');
  const first = await lastTick();
  await database.query('call pgque.ticker_loop()');
  const ticks = (await lastTick()) - first;
  // Four, or fewer on a machine that is late.
  expect(ticks).toBeGreaterThanOrEqual(1n);
  expect(ticks).toBeLessThanOrEqual(4n);

  await scalar(database, 'select pgque.set_tick_period_ms(1000)');
  const loop = await startLoop(database);
  await (await listen(database, queue)).next();
  await scalar(database, 'select pgque.set_tick_period_ms(1)');
  const slow = await lastTick();
  while ((await lastTick()) < slow + 100n) await delay(10);
  await stopLoop(database, loop);
});

test('a duration of one period is one tick, and then it does not wait', async () => {
  const database = await openTestDatabase();
  await scalar(database, 'select pgque.set_tick_period_ms(1000)');
  await database.query(`set statement_timeout = '900ms'`);
  await database.query(`call pgque.ticker_loop('800 milliseconds')`);
});

test('a tick that fails is a warning, and the next one is made', async () => {
  const database = await openTestDatabase();
  const queue = await openQueue(database, { ticker_max_lag: '0 seconds' });
  await database.query(`
    create function public.fail() returns trigger language plpgsql as $$ begin raise exception 'no space'; end $$;
    create trigger fail before insert on pgque.tick for each row execute function public.fail()`);
  await queue.send('kept');
  const loop = await startLoop(database);
  while (loop.warnings.length < 2) await once(loop.session, 'notice');
  expect(loop.warnings[0]).toBe('ticker_loop could not tick: no space');
  await database.query('drop trigger fail on pgque.tick');
  const ticks = await listen(database, queue);
  expect((await receiveNext(queue, ticks)).map((message) => message.payload)).toEqual(['kept']);
  await stopLoop(database, loop);
});

test('it does not wait for who holds the locks of the ticker and the mover, and ticks when they are free', async () => {
  const database = await openTestDatabase();
  const queue = await openQueue(database, { ticker_max_lag: '0 seconds' });
  await queue.send('waits');
  const holder = await database.connect();
  await holder.query('begin; select pgque.ticker(), pgque.maint_retry_events()');
  await queue.send('comes later');
  // It would hang here if it waited.
  await database.query('call pgque.ticker_loop()');
  const ticks = await listen(database, queue);
  const loop = await startLoop(database);
  await holder.query('rollback');
  const payloads: (string | null)[] = [];
  while (payloads.length < 2) {
    const messages = await receiveNext(queue, ticks);
    payloads.push(...messages.map((message) => message.payload));
    await queue.ack(messages[0].batch_id);
  }
  expect(payloads).toEqual(['waits', 'comes later']);
  await stopLoop(database, loop);
});

test('two loops at once deliver each event once, and stop() ends both', async () => {
  const database = await openTestDatabase();
  const queue = await openQueue(database, { ticker_max_lag: '0 seconds' });
  await scalar(database, 'select pgque.set_tick_period_ms(1)');
  const loops = [await startLoop(database), await startLoop(database)];
  const ticks = await listen(database, queue);
  const sent = Array.from({ length: 50 }, (_, index) => `${index}`);
  const received: (string | null)[] = [];
  const sender = await database.connect();
  const sending = (async () => {
    for (const payload of sent) await queue.as(sender).send(payload);
  })();
  while (received.length < sent.length) {
    const messages = await receiveNext(queue, ticks);
    received.push(...messages.map((message) => message.payload));
    await queue.ack(messages[0].batch_id);
  }
  await sending;
  expect(received).toEqual(sent);
  await scalar(database, 'select pgque.stop()');
  await Promise.all(loops.map((loop) => loop.end));
  expect(loops.flatMap((loop) => loop.warnings)).toEqual([]);
});

test('its own commits do not wait for the disk', async () => {
  const database = await openTestDatabase();
  const queue = await openQueue(database, { ticker_max_lag: '0 seconds' });
  await database.query(`
    create table public.seen (setting text);
    create function public.note() returns trigger language plpgsql as $$
    begin insert into public.seen values (current_setting('synchronous_commit')); return new; end $$;
    create trigger note before insert on pgque.tick for each row execute function public.note()`);
  await queue.send('x');
  await database.query(`call pgque.ticker_loop('1 millisecond')`);
  expect(await database.query('select distinct setting from public.seen')).toEqual([{ setting: 'off' }]);
});

test('a loop that is called after stop() runs', async () => {
  const database = await openTestDatabase();
  await scalar(database, 'select pgque.stop()');
  const queue = await openQueue(database, { ticker_max_lag: '0 seconds' });
  await queue.send('x');
  await database.query('call pgque.ticker_loop()');
  expect(await queue.receivePayloads()).toEqual(['x']);
});

test('the admin may call it, whatever isolation level is the default, and nobody else', async () => {
  const database = await openTestDatabase();
  const queue = await openQueue(database, { ticker_max_lag: '0 seconds' });
  await queue.send('x');
  const admin = await database.role('pgque_admin');
  await admin.query('set default_transaction_isolation = serializable');
  await admin.query(`call pgque.ticker_loop('1 millisecond')`);
  expect(await queue.receivePayloads()).toEqual(['x']);
  for (const role of ['pgque_reader', 'pgque_writer']) {
    const session = await database.role(role);
    await expect(session.query('call pgque.ticker_loop()')).rejects.toMatchObject({ code: '42501' });
  }
});

test('it leaves the settings of its session as they were, and holds no lock', async () => {
  const database = await openTestDatabase();
  const session = await database.connect();
  await session.query(`set search_path = pg_catalog; set synchronous_commit = local`);
  await session.query(`call pgque.ticker_loop('1 millisecond')`);
  expect(await scalar(session, 'show search_path')).toBe('pg_catalog');
  expect(await scalar(session, 'show synchronous_commit')).toBe('local');
  expect(
    await scalar(session, `select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()`),
  ).toBe(0n);
});

test('in a transaction block it is refused before it does anything', async () => {
  const database = await openTestDatabase();
  const session = await database.connect();
  await session.query('begin');
  const refused = session.query('call pgque.ticker_loop()');
  await expect(refused).rejects.toMatchObject({
    code: 'QU022',
    message: 'ticker_loop cannot run in a transaction block',
    detail: 'ticker_loop',
    hint: expect.stringMatching(/\.$/),
  });
  await session.query('rollback');
  // What the engine cannot know PostgreSQL says itself: in one message with the begin, and in the extended protocol.
  await expect(session.query('begin; call pgque.ticker_loop()')).rejects.toMatchObject({ code: '2D000' });
  await session.query('rollback; begin');
  await expect(session.query('call pgque.ticker_loop($1)', ['1 s'])).rejects.toMatchObject({ code: '2D000' });
  await session.query('rollback');
});

test.each(['0 seconds', '-1 second', null])('a duration of %s is refused', async (duration) => {
  const database = await openTestDatabase();
  const session = await database.connect();
  const refused = session.query('call pgque.ticker_loop($1)', [duration]);
  await expect(refused).rejects.toMatchObject({ code: 'QU005', message: 'duration must be > 0' });
});

test('it leaves with a warning before a statement_timeout would end it', async () => {
  const database = await openTestDatabase();
  const session = await database.connect();
  const warned = once(session, 'notice');
  await session.query('set statement_timeout = 2000');
  await session.query(`call pgque.ticker_loop('1 hour')`);
  expect((await warned)[0].message).toBe('statement_timeout ends this loop before its duration');
});

test('when the schema is removed under it, it ends', async () => {
  const database = await openTestDatabase();
  const loop = await startLoop(database);
  const ended = loop.end.catch((error: unknown) => error);
  await dropSchema(database);
  expect(await ended).toMatchObject({ severity: 'ERROR' });
});

/** It takes its locks in no order: when it meets a tick, PostgreSQL may end either of the two. */
async function dropSchema(database: TestDatabase): Promise<void> {
  for (;;) {
    const error = await database.query('drop schema pgque cascade').then(
      () => undefined,
      (reason: { code?: string }) => reason,
    );
    if (error === undefined) return;
    if (error.code !== '40P01') throw error;
  }
}
