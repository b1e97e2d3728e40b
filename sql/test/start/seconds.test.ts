// What start() would schedule with pg_cron 1.5 and later, which have schedules of seconds. No such pg_cron is at hand: a
// stand-in takes its place.
import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { cronStandIn } from '../support/cron-stand-in.ts';
import { scalar } from '../support/scalar.ts';

const pretend = (version: string): string =>
  `create or replace function pgque._cron_version() returns text language sql stable as $$ select '${version}'::text $$`;

async function openWithCron(version: string) {
  const database = await openTestDatabase();
  await database.query(cronStandIn);
  await database.query(pretend(version));
  return database;
}

const schedules = 'select jobname, schedule from cron.job order by jobid';

test('from 1.5 on a loop of a second starts each second', async () => {
  const database = await openWithCron('1.6');
  await database.query('select pgque.start()');
  expect(await database.query(schedules)).toEqual([
    { jobname: 'pgque_ticker', schedule: '1 second' },
    { jobname: 'pgque_retry_events', schedule: '30 seconds' },
    { jobname: 'pgque_maint', schedule: '30 seconds' },
    { jobname: 'pgque_purge_cron_log', schedule: '0 * * * *' },
  ]);
  const command = await scalar(database, `select command from cron.job where jobname = 'pgque_ticker'`);
  expect(command).toBe(`/* pgque */ call pgque.ticker_loop('1 second')`);
});

test.each([
  ['1.3', false],
  ['1.4-1', false],
  ['1.4.2', false],
  ['1.5', true],
  ['1.5-2', true],
  ['1.10', true],
  ['2.0', true],
  ['10', true],
])('pg_cron %s has seconds: %s', async (version, hasSeconds) => {
  const database = await openTestDatabase();
  expect(await scalar(database, 'select pgque._cron_has_seconds($1)', [version])).toBe(hasSeconds);
});

test('start() after an update of pg_cron changes the jobs that are there', async () => {
  const database = await openWithCron('1.4-1');
  await database.query('select pgque.start()');
  const before = await database.query('select jobid from cron.job order by 1');
  expect(await scalar(database, `select schedule from cron.job where jobname = 'pgque_ticker'`)).toBe('* * * * *');
  await database.query(pretend('1.6'));
  await database.query('select pgque.start()');
  expect(await database.query('select jobid from cron.job order by 1')).toEqual(before);
  expect(await scalar(database, `select schedule from cron.job where jobname = 'pgque_ticker'`)).toBe('1 second');
});

test('the commands of the jobs run as they stand', async () => {
  const database = await openWithCron('1.6');
  await database.query(
    'create table cron.job_run_details (database text, command text, start_time timestamptz, end_time timestamptz)',
  );
  await database.query('select pgque.start()');
  for (const { command } of await database.query<{ command: string }>('select command from cron.job')) {
    await database.query(command);
  }
});

test('stop() removes our jobs, and leaves those of others and of the same name', async () => {
  const database = await openWithCron('1.6');
  await database.query('select pgque.start()');
  await database.query(`
    insert into cron.job (jobname, schedule, command, database, username) values
      ('pgque_ticker', '1 second', 'select 1', current_database(), 'somebody'),
      ('pgque_maint', '1 second', '/* pgque */ select 1', 'elsewhere', 'somebody'),
      ('nightly', '0 1 * * *', 'vacuum', current_database(), current_user)`);
  await database.query('select pgque.stop()');
  expect(await database.query('select command from cron.job order by jobid')).toEqual([
    { command: 'select 1' },
    { command: '/* pgque */ select 1' },
    { command: 'vacuum' },
  ]);
});

test('a job that somebody has switched off counts as stopped', async () => {
  const database = await openWithCron('1.6');
  await database.query('select pgque.start()');
  await database.query(`update cron.job set active = false where jobname = 'pgque_maint'`);
  const row = await database.query(`select status, detail from pgque.status() where component = 'maint'`);
  expect(row).toEqual([{ status: 'stopped', detail: 'pgque.start() schedules it' }]);
});

test('an owner who may not use the schema of pg_cron cannot start, and stops quietly', async () => {
  const database = await openWithCron('1.6');
  await database.query(
    `create role "owner of ${database.name}"; grant usage, create on schema pgque to "owner of ${database.name}"`,
  );
  try {
    await database.query(`
      alter function pgque.start() owner to "owner of ${database.name}";
      alter function pgque.stop() owner to "owner of ${database.name}";
      alter function pgque.status() owner to "owner of ${database.name}";
      grant execute on all functions in schema pgque to "owner of ${database.name}";
      grant select, update on pgque.config to "owner of ${database.name}";
      grant select on pgque.queue, pgque.subscription to "owner of ${database.name}"`);
    await expect(database.query('select pgque.start()')).rejects.toMatchObject({ code: '42501' });
    await database.query('select pgque.stop()');
    const components = await database.query<{ component: string }>('select component from pgque.status()');
    expect(components.map(({ component }) => component)).not.toContain('ticker');
  } finally {
    await database.query(`drop owned by "owner of ${database.name}" cascade; drop role "owner of ${database.name}"`);
  }
});
