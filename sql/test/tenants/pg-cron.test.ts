// The jobs of three installs in one database, with a stand-in for pg_cron.
import { expect, test } from 'vitest';
import { cronStandIn } from '../support/cron-stand-in.ts';
import { rows } from '../support/rows.ts';
import { openTenants } from '../support/tenants.ts';

const { database, tenants } = await openTenants();
await database.query(cronStandIn);
for (const { schema } of tenants) {
  await database.query(
    `create or replace function ${schema}._cron_version() returns text language sql stable as $$ select '1.6'::text $$`,
  );
}

const components = ['ticker', 'retry_events', 'maint', 'purge_cron_log'];
const jobsOf = (schema: string) => components.map((component) => ({ jobname: `${schema}_${component}` }));
const jobs = () => rows(database, 'select jobname from cron.job order by jobid');

test('each install has jobs of its own, which call its own functions', async () => {
  for (const { schema } of tenants) await database.query(`select ${schema}.start()`);
  expect(await jobs()).toEqual(tenants.flatMap(({ schema }) => jobsOf(schema)));
  for (const { schema } of tenants) {
    const commands = await rows<{ command: string }>(
      database,
      `select command from cron.job where starts_with(jobname, '${schema}_')`,
    );
    for (const { command } of commands) expect(command).toMatch(new RegExp(`^/[*] ${schema} [*]/`));
    const others = tenants.map((tenant) => tenant.schema).filter((other) => other !== schema);
    expect(
      commands.filter(({ command }) => others.some((other) => new RegExp(`\\b${other}\\b`).test(command))),
    ).toEqual([]);
  }
});

test('the commands run as they stand, and purge the rows of their own install', async () => {
  await database.query(`
    create table cron.job_run_details (database text, command text, start_time timestamptz, end_time timestamptz);
    insert into cron.job_run_details
    select current_database(), c, now() - interval '2 days', now() - interval '2 days'
    from unnest(array['/* pgque */ x', '/* tenant_a */ x', '/* tenant_b */ x']) c`);
  const own = await rows<{ command: string }>(
    database,
    `select command from cron.job where starts_with(jobname, 'tenant_a_')`,
  );
  for (const { command } of own) await database.query(command);
  expect(await rows(database, 'select command from cron.job_run_details order by 1')).toEqual([
    { command: '/* pgque */ x' },
    { command: '/* tenant_b */ x' },
  ]);
});

test('status() and health() of each see its own', async () => {
  for (const { schema } of tenants) {
    const scheduled = await rows(database, `select component from ${schema}.status() where status = 'scheduled'`);
    expect(scheduled).toHaveLength(4);
    const [check] = await rows<{ detail: string }>(database, `select detail from ${schema}._check_schedulers()`);
    expect(check?.detail).toBe(`job "${schema}_ticker" of pg_cron ticks`);
  }
});

test('stop() and uninstall() of one end its jobs and leave those of the others', async () => {
  await database.query('select tenant_a.stop()');
  expect(await jobs()).toEqual(['pgque', 'tenant_b'].flatMap(jobsOf));
  await database.query('select pgque.uninstall()');
  expect(await jobs()).toEqual(jobsOf('tenant_b'));
});
