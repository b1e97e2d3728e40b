import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { type Client, EngineNotInstalledError, type HealthFinding, plan } from 'pgque';
import { CliError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';
import { withSession } from '../session.ts';

type Finding = HealthFinding;

const listenTimeoutMs = 3000;
const oldestMajor = 14;

export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('check the connection, the install and all queues, and say what to do')
    .action(
      withSession(async ({ client, printer }) => {
        const findings = await examine(client);
        printer.rows(findings, ['status', 'check', 'queue', 'detail', 'hint'], '');
        const failed = findings.filter(({ status }) => status === 'fail').length;
        if (failed > 0) throw new CliError(exitCodes.unhealthy, `${failed} of ${findings.length} checks failed`);
      }),
    );
}

async function examine(client: Client): Promise<Finding[]> {
  const findings = [await checkServer(client), await checkRole(client), await checkListen(client)];
  const installed = await checkEngine(client);
  findings.push(installed);
  if (installed.status !== 'fail') findings.push(...(await client.health()));
  return findings;
}

async function ask<Result extends object>(client: Client, text: string): Promise<Result> {
  const [row] = await client.transaction((tx) => tx.query<Result>(text));
  if (!row) throw new CliError(exitCodes.failed, 'the server gave no answer');
  return row;
}

async function checkServer(client: Client): Promise<Finding> {
  const { version, number, recovering } = await ask<{ version: string; number: number; recovering: boolean }>(
    client,
    `select current_setting('server_version') as version, current_setting('server_version_num')::integer as number,
       pg_is_in_recovery() as recovering`,
  );
  const detail = `PostgreSQL ${version}`;
  if (recovering) {
    const hint = 'Connect to the primary server: a replica can be neither sent to nor received from.';
    return finding('server', 'fail', `${detail}, a read-only replica`, hint);
  }
  const isOld = number < oldestMajor * 10_000;
  return finding('server', isOld ? 'fail' : 'ok', detail, isOld ? `Use PostgreSQL ${oldestMajor} or later.` : null);
}

async function checkRole(client: Client): Promise<Finding> {
  const { name, roles } = await ask<{ name: string; roles: string[] }>(
    client,
    `select current_user as name, array(
       select r.rolname::text from pg_roles r
       where r.rolname in ('pgque_writer', 'pgque_reader', 'pgque_admin') and pg_has_role(r.oid, 'usage')
       order by r.rolname) as roles`,
  );
  if (roles.length > 0) return finding('role', 'ok', `${name} may act as ${roles.join(', ')}`, null);
  const hint = `Run: grant pgque_writer, pgque_reader to ${name} (or pgque_admin, which may do everything).`;
  return finding('role', 'warn', `${name} has none of the roles of PgQue`, hint);
}

/** Through a pooler that lends connections for a transaction, LISTEN hears nothing. */
async function checkListen(client: Client): Promise<Finding> {
  const heard = Promise.withResolvers<boolean>();
  const channel = `pgque:doctor:${randomUUID()}`;
  const subscription = client.listen(channel, (payload) => payload === 'hello' && heard.resolve(true));
  const deadline = performance.now() + listenTimeoutMs;
  while (subscription && !subscription.isHearing && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await client.transaction((tx) => tx.query('select pg_notify($1, $2)', [channel, 'hello']));
  const timer = setTimeout(() => heard.resolve(false), Math.max(0, deadline - performance.now()));
  const isHeard = subscription !== undefined && (await heard.promise);
  clearTimeout(timer);
  subscription?.close();
  if (isHeard) return finding('listen', 'ok', 'notifications arrive', null);
  const hint =
    'Probably a pooler in transaction mode is in between. Consumers poll; give them the address of the server itself as `direct`.';
  return finding('listen', 'warn', 'notifications do not arrive', hint);
}

async function checkEngine(client: Client): Promise<Finding> {
  try {
    const version = await client.version();
    const isCurrent = (await plan(client)) === '';
    const hint = isCurrent ? null : 'Run: pgque migrate';
    return finding('engine', isCurrent ? 'ok' : 'warn', `PgQue ${version}`, hint);
  } catch (error) {
    if (!(error instanceof EngineNotInstalledError)) return finding('engine', 'fail', String(error), null);
    return finding('engine', 'fail', 'PgQue is not installed in this database', 'Run: pgque install');
  }
}

function finding(check: string, status: Finding['status'], detail: string, hint: string | null): Finding {
  return { check, status, queue: null, detail, hint };
}
