// The real pg_cron of Debian, 1.4, which starts jobs with the minute: one test may wait for it, and the others for the
// same one. Real because a stand-in would not say whether a procedure may commit there.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { connectClient, DebianCluster } from '@pgque/testing';
import type { Client } from 'pg';
import { afterAll, expect, test } from 'vitest';
import { openQueue } from '../support/queue-driver.ts';
import { receiveNext, TickListener } from '../support/receive-next.ts';
import { rows } from '../support/rows.ts';
import { scalar } from '../support/scalar.ts';

const script = await readFile(new URL('../../pgque.sql', import.meta.url), 'utf8');
const workers = { 'cron.use_background_workers': 'on', max_worker_processes: '20' };
const extension = 'pg_cron';
const clusters = [
  await DebianCluster.start({ extension }),
  await DebianCluster.start({ extension, settings: workers }),
] as const;
const [sessions, backgroundWorkers] = clusters;
const clients: Client[] = [];
afterAll(async () => {
  await Promise.allSettled(clients.map((client) => client.end()));
  for (const cluster of clusters) await cluster.stop();
});

/** A minute until the first job, and what the machine takes. */
const timeout = 100_000;

async function connect(url: string): Promise<Client> {
  const client = await connectClient(url);
  clients.push(client);
  return client;
}

const urlOf = (cluster: DebianCluster, database: string): string => cluster.url.replace('/postgres?', `/${database}?`);

/** A database with the engine; pg_cron lives in the one called postgres. */
async function install(cluster: DebianCluster, database: string): Promise<Client> {
  const server = await connect(cluster.url);
  if (database === 'postgres') await server.query('create extension pg_cron');
  else await server.query(`create database ${database}`);
  const client = await connect(urlOf(cluster, database));
  await client.query(`begin; ${script}; commit`);
  return client;
}

/** A queue in the database of this session whose ticks another session hears. */
async function openHeardQueue(cluster: DebianCluster, session: Client) {
  const queue = await openQueue(session, { ticker_max_lag: '0 seconds' });
  const database = await scalar<string>(session, 'select current_database()');
  return { queue, ticks: await TickListener.open(await connect(urlOf(cluster, database)), queue) };
}

type HeardQueue = Awaited<ReturnType<typeof openHeardQueue>>;

async function deliver({ queue, ticks }: HeardQueue, payload: string): Promise<void> {
  await queue.send(payload);
  const [message] = await receiveNext(queue, ticks);
  expect(message.payload).toBe(payload);
  await queue.ack(message.batch_id);
}

interface Job {
  jobname: string;
  schedule: string;
  database: string;
}

const jobs = (session: Client): Promise<Job[]> =>
  rows(session, 'select jobname, schedule, database from cron.job order by jobid');

/** The statements of the hint for the database of pg_cron. */
async function statementsFor(session: Client): Promise<string[]> {
  const error: { code?: string; hint?: string } = await session.query('select pgque.start()').then(
    () => ({}),
    (reason: { code: string; hint: string }) => reason,
  );
  expect(error.code).toBe('QU010');
  expect(error.hint).toMatch(
    /^To use a pg_cron in another database, run there, in postgres, as a member of pgque_admin:/,
  );
  return (error.hint ?? '').split('\n').filter((line) => line.startsWith('select cron.'));
}

async function untilNoLoopRuns(observer: Client, database: string): Promise<void> {
  const loops = `select count(*) from pg_stat_activity where datname = $1 and query ~ '^/[*] pgque [*]/' and state = 'active'`;
  while ((await scalar<bigint>(observer, loops, [database])) > 0n) await delay(10);
}

const own = await install(sessions, 'postgres');
const remote = await install(sessions, 'remote');
/** Too long for the name of a job. */
const twofoldName = `twofold_${'x'.repeat(55)}`;
const twofold = await install(sessions, twofoldName);
const observer = await connect(sessions.url);

await own.query('select pgque.start()');
for (const session of [remote, twofold]) {
  for (const statement of await statementsFor(session)) await observer.query(statement);
}
// A scheduler more, by hand.
const byHand = await connect(urlOf(sessions, twofoldName));
const handLoop = byHand.query(`call pgque.ticker_loop('1 hour')`);
handLoop.catch(() => {});

test('this pg_cron has minutes, not seconds', async () => {
  expect(await scalar(own, 'select pgque._cron_version()')).toMatch(/^1\.4/);
  await expect(own.query(`select cron.schedule('seconds', '1 second', 'select 1')`)).rejects.toThrow(
    'invalid schedule',
  );
});

test('start() schedules four jobs for its database, once however often it is called', async () => {
  await own.query('select pgque.start()');
  expect((await jobs(own)).filter(({ database }) => database === 'postgres').slice(0, 4)).toEqual([
    { jobname: 'pgque_ticker', schedule: '* * * * *', database: 'postgres' },
    { jobname: 'pgque_retry_events', schedule: '* * * * *', database: 'postgres' },
    { jobname: 'pgque_maint', schedule: '* * * * *', database: 'postgres' },
    { jobname: 'pgque_purge_cron_log', schedule: '0 * * * *', database: 'postgres' },
  ]);
  expect(await jobs(own)).toHaveLength(12);
});

test('status() names each job with its id, and how often it ticks', async () => {
  const scheduled = await rows(own, `select component, detail from pgque.status() where status = 'scheduled'`);
  expect(scheduled).toEqual([
    { component: 'ticker', detail: 'job 1, * * * * *, a tick every 100 ms' },
    { component: 'retry_events', detail: 'job 2, * * * * *' },
    { component: 'maint', detail: 'job 3, * * * * *' },
    { component: 'purge_cron_log', detail: 'job 4, 0 * * * *' },
  ]);
});

test('start() switches a job on again that somebody has switched off', async () => {
  await own.query(`select cron.alter_job(jobid, active => false) from cron.job where jobname = 'pgque_ticker'`);
  expect(await rows(own, `select status from pgque.status() where component = 'ticker'`)).toEqual([
    { status: 'stopped' },
  ]);
  await own.query('select pgque.start()');
  expect(await rows(own, `select status from pgque.status() where component = 'ticker'`)).toEqual([
    { status: 'scheduled' },
  ]);
});

test('the statements for a database without pg_cron bear its name', async () => {
  const names = (await jobs(own)).map(({ jobname, database }) => `${jobname} ${database}`);
  expect(names).toEqual(
    expect.arrayContaining([
      'pgque_ticker@remote remote',
      'pgque_retry_events@remote remote',
      'pgque_maint@remote remote',
      'pgque_purge_cron_log@remote postgres',
      `pgque_ticker@${createHash('md5').update(twofoldName).digest('hex')} ${twofoldName}`,
    ]),
  );
});

test('the admin may start and stop; the jobs belong to the owner of the schema', async () => {
  const admin = await connect(sessions.url);
  await admin.query('set role pgque_admin');
  await admin.query('select pgque.start()');
  expect(await scalar(own, `select count(*) from cron.job where jobname = 'pgque_ticker'`)).toBe(1n);
  expect(await scalar(own, `select username from cron.job where jobname = 'pgque_ticker'`)).toBe('postgres');
});

test('with background workers of an old pg_cron start() warns that other jobs may be late', async () => {
  const session = await install(backgroundWorkers, 'postgres');
  const warnings: (string | undefined)[] = [];
  session.on('notice', ({ message }) => warnings.push(message));
  await session.query('select pgque.start()');
  expect(warnings).toEqual(['with background workers pg_cron before 1.5 starts other jobs up to a minute late']);
});

test.concurrent(
  'events flow, retries come within seconds and the log is purged with nothing but start()',
  async () => {
    // Purged each minute for once, so that pg_cron itself does it now.
    await own.query(`
    insert into cron.job_run_details (jobid, database, command, status, start_time, end_time)
    select 999, d, c, s, now() - a, now() - a from (values
      ('postgres', '/* pgque */ call pgque.ticker_loop()', 'ours, old, of a job that is gone', interval '25 hours'),
      ('postgres', '/* pgque */ call pgque.ticker_loop()', 'ours, of today', interval '23 hours'),
      ('remote', '/* pgque */ call pgque.ticker_loop()', 'of another database', interval '25 hours'),
      ('postgres', 'vacuum', 'of somebody else', interval '25 hours')) v (d, c, s, a);
    select cron.alter_job(jobid, '* * * * *') from cron.job where jobname = 'pgque_purge_cron_log'`);
    const left = () =>
      rows<{ status: string }>(own, 'select status from cron.job_run_details where jobid = 999 order by runid');

    const heard = await openHeardQueue(sessions, own);
    await deliver(heard, 'first');
    await deliver(heard, 'second');

    await heard.queue.send('given back');
    const [message] = await receiveNext(heard.queue, heard.ticks);
    await heard.queue.nack([message], '200 milliseconds');
    await heard.queue.ack(message.batch_id);
    const startedAt = performance.now();
    const [again] = await receiveNext(heard.queue, heard.ticks);
    expect(again).toMatchObject({ payload: 'given back', retry_count: 1 });
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    await heard.queue.ack(again.batch_id);

    while ((await left()).length > 3) await delay(20);
    expect((await left()).map(({ status }) => status)).toEqual([
      'ours, of today',
      'of another database',
      'of somebody else',
    ]);
    await own.query('select pgque.start()');
    expect(await scalar(own, `select schedule from cron.job where jobname = 'pgque_purge_cron_log'`)).toBe('0 * * * *');

    await own.query(`select cron.schedule('pgque_mine', '0 0 1 1 *', 'select 1')`);
    await own.query('select pgque.stop()');
    await untilNoLoopRuns(observer, 'postgres');
    expect((await jobs(own)).filter(({ jobname }) => !jobname.includes('@')).map(({ jobname }) => jobname)).toEqual([
      'pgque_mine',
    ]);
    // Neither the jobs of the other databases.
    expect(await jobs(own)).toHaveLength(9);
    await own.query('select pgque.stop()');
    expect(await rows(own, `select 1 from pgque.status() where status = 'scheduled'`)).toEqual([]);
  },
  timeout,
);

test.concurrent(
  'events flow in a database that pg_cron does not live in',
  async () => {
    const heard = await openHeardQueue(sessions, remote);
    await deliver(heard, 'first');
    await deliver(heard, 'second');
  },
  timeout,
);

test.concurrent(
  'two schedulers at once deliver each event once',
  async () => {
    const heard = await openHeardQueue(sessions, twofold);
    const loops = `select count(*) from pg_stat_activity where datname = current_database() and query ~ 'call pgque.ticker_loop' and state = 'active'
    and pid <> pg_backend_pid()`;
    await deliver(heard, 'by hand');
    while ((await scalar<bigint>(twofold, loops)) < 2n) await delay(20);
    for (let event = 0; event < 20; event += 1) await deliver(heard, `${event}`);
    expect(await heard.queue.receive()).toEqual([]);
    expect(await scalar<bigint>(twofold, loops)).toBe(2n);
    await twofold.query('select pgque.stop()');
    await handLoop;
    await untilNoLoopRuns(twofold, twofoldName);
  },
  timeout,
);

test.concurrent(
  'events flow with background workers too',
  async () => {
    const heard = await openHeardQueue(backgroundWorkers, await connect(backgroundWorkers.url));
    await deliver(heard, 'first');
    await deliver(heard, 'second');
  },
  timeout,
);

test('nothing that a job did has failed', async () => {
  const failed = `select command, return_message from cron.job_run_details where jobid <> 999 and status not in ('succeeded', 'running', 'starting')`;
  expect(await rows(own, failed)).toEqual([]);
});

test('uninstall() removes the jobs as well', async () => {
  await own.query('select pgque.start(); select pgque.uninstall()');
  expect((await jobs(own)).filter(({ jobname }) => /^pgque_(?!mine)[^@]*$/.test(jobname))).toEqual([]);
});
