import { backendPid } from '@pgque/testing';
import { expect, test } from 'vitest';
import { faults, findings } from '../support/health.ts';
import { openHealthy, sendAndTick, tickAll } from '../support/healthy.ts';
import { passTime } from '../support/pass-time.ts';
import { openQueue } from '../support/queue-driver.ts';
import { rows } from '../support/rows.ts';
import { scalar } from '../support/scalar.ts';

test('a batch that stays open is a consumer that stands still', async () => {
  const { database, queue } = await openHealthy();
  await sendAndTick(queue);
  const [message] = await queue.receiveSome();
  await passTime(database, '29 minutes');
  await tickAll(database);
  expect(await faults(database)).toEqual([]);
  await passTime(database, '2 minutes');
  await tickAll(database);
  expect(await faults(database)).toMatchObject([
    {
      check_name: 'consumers',
      status: 'warn',
      detail: expect.stringContaining(`batch ${message.batch_id} open for 00:31`),
    },
  ]);
  await queue.ack(message.batch_id);
  expect(await faults(database)).toEqual([]);
});

test('retries that nobody moves are overdue', async () => {
  const { database, queue } = await openHealthy();
  await sendAndTick(queue);
  const messages = await queue.receiveSome();
  await queue.nack(messages, '10 seconds');
  await queue.ack(messages[0].batch_id);
  await tickAll(database);
  expect(await faults(database)).toEqual([]);
  await passTime(database, '65 seconds');
  await tickAll(database);
  expect(await faults(database)).toEqual([]);
  await passTime(database, '65 seconds');
  await tickAll(database);
  expect(await faults(database)).toMatchObject([
    {
      check_name: 'retries',
      status: 'warn',
      queue_name: queue.name,
      detail: expect.stringMatching(/^1 retries and delayed sends are overdue/),
    },
  ]);
  await passTime(database, '10 minutes');
  await tickAll(database);
  expect(await faults(database)).toMatchObject([{ check_name: 'retries', status: 'fail' }]);
  await queue.moveRetries();
  expect(await faults(database)).toEqual([]);
});

test('retries of a transaction that has committed only now are not overdue', async () => {
  const { database, queue } = await openHealthy();
  await sendAndTick(queue);
  const session = await database.connect();
  await session.query('begin');
  const messages = await queue.as(session).receiveSome();
  await queue.as(session).nack(messages);
  await queue.as(session).ack(messages[0].batch_id);
  await passTime(database, '2 minutes');
  await tickAll(database);
  await session.query('commit');
  await rows(database, `update pgque.later set due_at = due_at - interval '2 minutes'`);
  expect(await findings(database, 'retries')).toMatchObject([{ status: 'ok' }]);
});

test('dead letters of the last hour are shown with the last reason', async () => {
  const { database, queue } = await openHealthy({ max_retries: 0 });
  await queue.sendMany(['a', 'b']);
  await queue.tick();
  const messages = await queue.receiveSome();
  await queue.nack(messages, '0 seconds', 'the mail server refuses');
  await queue.ack(messages[0].batch_id);
  const [fault, ...others] = await faults(database);
  expect(others).toEqual([]);
  expect(fault).toMatchObject({ check_name: 'dead_letters', status: 'warn', queue_name: queue.name });
  expect(fault?.detail).toBe(`2 new in the last hour; the last: consumer "reader", the mail server refuses`);
  await rows(database, `update pgque.dead_letter set dl_time = dl_time - interval '61 minutes'`);
  expect(await faults(database)).toEqual([]);
});

test('a database restored into another cluster is recognised by transaction ids of the future', async () => {
  const { database, queue } = await openHealthy();
  await sendAndTick(queue);
  await queue.drain();
  const other = await openQueue(database);
  const inFuture = `snapshot = format('%1$s:%1$s:', pg_snapshot_xmax(snapshot)::text::bigint + 1000000)::pg_snapshot`;
  const queueId = await scalar<number>(database, 'select queue_id from pgque.queue where queue_name = $1', [
    queue.name,
  ]);
  await rows(database, `update pgque.tick set ${inFuture} where queue_id = ${queueId}`);
  expect(await findings(database, 'cluster')).toMatchObject([
    { status: 'fail', queue_name: queue.name, detail: expect.stringContaining('is stored, but this cluster') },
  ]);
  expect((await findings(database, 'cluster')).map(({ queue_name }) => queue_name)).not.toContain(other.name);
});

test('a missing state and a missing tick are recognised', async () => {
  const { database, queue } = await openHealthy();
  await rows(database, `delete from pgque.cursor where kind = 's'`);
  expect(await findings(database, 'cluster')).toMatchObject([
    { status: 'fail', queue_name: queue.name, detail: 'the state of consumer "reader" is missing' },
  ]);
  await rows(database, 'delete from pgque.tick');
  expect((await findings(database, 'cluster')).map(({ detail }) => detail)).toContain('the queue has no tick');
});

test('the oldest transaction is shown by what it blocks, and is no fault when it blocks nothing', async () => {
  const { database, queue } = await openHealthy();
  const session = await database.connect();
  await session.query('begin');
  await session.query('select 1');
  // Nobody can make a transaction older than it is: the check is asked about ten milliseconds instead of ten minutes.
  const body = await scalar<string>(database, `select pg_get_functiondef('pgque._check_transactions'::regproc)`);
  await rows(database, body.replaceAll(`interval '10 minutes'`, `interval '10 milliseconds'`));
  await rows(database, 'select pg_sleep(0.02)');
  const pid = await backendPid(session);
  expect(await findings(database, 'transactions')).toMatchObject([
    { status: 'ok', detail: expect.stringMatching(new RegExp(`^session ${pid} .* blocks nothing of PgQue$`)) },
  ]);
  await queue.as(session).send('open');
  await rows(database, 'select pg_sleep(0.02)');
  expect(await findings(database, 'transactions')).toMatchObject([
    {
      status: 'warn',
      queue_name: queue.name,
      detail: expect.stringMatching(new RegExp(`^session ${pid} .* blocks the rotation of queue "${queue.name}"`)),
    },
  ]);
  await session.query(`prepare transaction '${queue.name}'`);
  await rows(database, 'select pg_sleep(0.02)');
  const [prepared] = await findings(database, 'transactions');
  await session.query(`rollback prepared '${queue.name}'`);
  expect(prepared).toMatchObject({ status: 'warn', queue_name: queue.name });
  expect(prepared?.detail).toContain(`prepared transaction "${queue.name}"`);
  await session.query('begin');
  await queue.as(session).receive();
  await rows(database, 'select pg_sleep(0.02)');
  const [receiving] = await findings(database, 'transactions');
  expect(receiving?.detail).toContain('the rotation of the shared logs');
  expect(receiving?.detail).toContain('consumers whose state it has locked');
});

test('two applications that tick are two schedulers; two connections of one are not', async () => {
  const { database } = await openHealthy();
  const sessions = [await database.connect(), await database.connect()] as const;
  for (const session of sessions) {
    await session.query(`set application_name = 'one'`);
    await session.query('select pgque.ticker()');
  }
  expect(await findings(database, 'schedulers')).toMatchObject([
    { status: 'ok', detail: expect.stringContaining('application "one"') },
  ]);
  await sessions[1].query(`set application_name = 'two'`);
  await sessions[1].query('select pgque.ticker()');
  expect(await faults(database)).toMatchObject([
    {
      check_name: 'schedulers',
      status: 'warn',
      detail: expect.stringMatching(/application "one".*, application "two"/),
    },
  ]);
});

test('a job of pg_cron and an application that loops are two schedulers', async () => {
  const { database } = await openHealthy();
  await rows(
    database,
    `create or replace function pgque._cron_version() returns text language sql as $$ select '1.6' $$;
     create schema cron;
     create table cron.job (jobid bigint, jobname text, command text, active boolean, database text);
     insert into cron.job values (1, 'pgque_ticker', '/* pgque */ call pgque.ticker_loop(''1 second'')', true, current_database()),
       (2, 'other', 'call pgque.ticker_loop()', false, current_database()), (3, 'other', 'call pgque.ticker_loop()', true, 'x')`,
  );
  expect(await findings(database, 'schedulers')).toMatchObject([
    { status: 'ok', detail: 'job "pgque_ticker" of pg_cron ticks' },
  ]);
  const session = await database.connect();
  await session.query(`set application_name = 'looper'`);
  await session.query(`call pgque.ticker_loop('1 millisecond')`);
  expect(await findings(database, 'schedulers')).toMatchObject([
    { status: 'warn', detail: 'application "looper" at 127.0.0.1, job "pgque_ticker" of pg_cron tick all queues' },
  ]);
});

test.each([
  ['1.4', 'warn'],
  ['1.5', 'ok'],
  ['1.6.4', 'ok'],
])('pg_cron %s is %s', async (version, status) => {
  const { database } = await openHealthy();
  await rows(
    database,
    `create or replace function pgque._cron_version() returns text language sql as $$ select '${version}' $$`,
  );
  expect(await findings(database, 'pg_cron')).toMatchObject([
    { status, detail: expect.stringContaining(`pg_cron ${version}`) },
  ]);
});
