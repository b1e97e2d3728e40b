import { type EngineVersion, readEngineFile } from './engine-file.ts';
import { InvalidArgumentError, NewerVersionInstalledError } from './errors/engine-errors.ts';
import { EngineNotInstalledError } from './errors/transaction-errors.ts';
import type { ExecuteOptions, Executor, Queryable } from './executor/executor.ts';
import type { PgQueryable } from './executor/pg-queryable.ts';
import { toQueryable } from './executor/to-queryable.ts';
import type { Operations } from './operations/operations.ts';
import { OperationsBase } from './operations/operations-base.ts';
import * as queries from './queries/install.ts';
import { version } from './queries/looking.ts';
import type { Statement } from './queries/statement.ts';

/** A client, a transaction, a connection of `pg`, or what an adapter made of another library. */
export type InstallTarget = Operations | PgQueryable | Executor;

export interface InstallOptions {
  /** What the application was tested with: if the package brings another, nothing is touched. @default any */
  readonly schemaVersion?: number;
  /** Milliseconds that it may take; several at once wait for each other. Not for a connection of `pg`. @default 300_000 */
  readonly timeoutMs?: number;
}

/** What `install` and `migrate` found and left. */
export interface Installation {
  /** `null`: nothing was there. The same as `to`: nothing was done. */
  readonly from: EngineVersion | null;
  readonly to: EngineVersion;
}

/**
 * Installs the engine in the database, or brings an older one up to date, all in one transaction; a newer one is refused.
 * Where the same version is there it only reads. Any number of processes may do it at once: one does the work, the others
 * wait for it. Needs a superuser, or a role that may create roles and schemas.
 */
export async function install(target: InstallTarget, options: InstallOptions = {}): Promise<Installation> {
  return await bringUp(target, options, () => {});
}

/** Brings an older engine up to date, like `install`, where there is one. */
export async function migrate(target: InstallTarget, options: InstallOptions = {}): Promise<Installation> {
  return await bringUp(target, options, (from) => {
    if (from) return;
    throw new EngineNotInstalledError('engine_not_installed', 'there is nothing to migrate: PgQue is not installed', {
      hint: 'Run install() to install it.',
    });
  });
}

/** The SQL that `install` would run: nothing where the same version is there, everything without a database to look at. */
export async function plan(target?: InstallTarget): Promise<string> {
  const engine = await readEngineFile();
  if (!target) return engine.script;
  const from = await readInstalled(asking(toExecutor(target)));
  requireNotNewer(from, engine.version);
  return isSame(from, engine.version) ? '' : engine.script;
}

async function bringUp(
  target: InstallTarget,
  options: InstallOptions,
  requireInstalled: (from: EngineVersion | null) => void,
): Promise<Installation> {
  const { script, version: to } = await readEngineFile();
  requireTested(to, options.schemaVersion);
  const executor = toExecutor(target);
  const limits = { timeoutMs: options.timeoutMs ?? 300_000 };
  if (await isUpToDate(asking(executor, limits), to)) return { from: to, to };
  return await inTransaction(executor, limits, async (ask) => {
    await ask(queries.lock());
    const from = await readInstalled(ask);
    requireInstalled(from);
    requireNotNewer(from, to);
    if (!isSame(from, to)) await ask(queries.run(script));
    return { from, to };
  });
}

type Ask = <Result>(statement: Statement<Result>) => Promise<Result>;

function asking(executor: Queryable, options: ExecuteOptions = {}): Ask {
  return async ({ text, values, read }) => read(await executor.query(text, values, options));
}

function toExecutor(target: InstallTarget): Queryable {
  return target instanceof OperationsBase ? OperationsBase.executorOf(target) : toQueryable(target);
}

/** A connection of `pg` is in the application's transaction, or in none: then the script, one statement, makes one. */
async function inTransaction<Result>(
  executor: Queryable,
  limits: ExecuteOptions,
  work: (ask: Ask) => Promise<Result>,
): Promise<Result> {
  if (!isExecutor(executor)) return await work(asking(executor, limits));
  return await executor.transaction(async (tx) => {
    const ask = asking(tx, limits);
    await ask(queries.seeNewestCommits());
    const former = await ask(queries.statementTimeout());
    await ask(queries.setStatementTimeout('0'));
    const result = await work(ask);
    // The transaction may go on, where the application has opened it.
    await ask(queries.setStatementTimeout(former));
    return result;
  });
}

function isExecutor(executor: Queryable): executor is Executor {
  return 'transaction' in executor;
}

/** Where the version differs it asks for no table: whoever upgrades waits for all who have read one. */
async function isUpToDate(ask: Ask, to: EngineVersion): Promise<boolean> {
  if (!(await ask(queries.isInstalled())) || (await ask(version())) !== to.version) return false;
  return isSame(await ask(queries.installedVersion()), to);
}

async function readInstalled(ask: Ask): Promise<EngineVersion | null> {
  return (await ask(queries.isInstalled())) ? await ask(queries.installedVersion()) : null;
}

function isSame(from: EngineVersion | null, to: EngineVersion): boolean {
  return from?.version === to.version && from.schemaVersion === to.schemaVersion;
}

function requireTested({ version, schemaVersion }: EngineVersion, tested: number | undefined): void {
  if (tested === undefined || tested === schemaVersion) return;
  throw new InvalidArgumentError(
    'invalid_argument',
    `the application was tested with schema version ${tested}, and this is PgQue ${version} with schema version ${schemaVersion}`,
    { hint: `Nothing was changed. Test it, and say schemaVersion: ${schemaVersion}.` },
  );
}

function requireNotNewer(from: EngineVersion | null, to: EngineVersion): void {
  if (!from || (from.schemaVersion <= to.schemaVersion && compareReleases(from.version, to.version) <= 0)) return;
  throw new NewerVersionInstalledError('newer_version_installed', `a newer version is installed: ${from.version}`, {
    detail: `installed: ${describe(from)}; this package: ${describe(to)}`,
    hint: `Nothing was changed. Take version ${from.version} or later of this package.`,
  });
}

function describe({ version, schemaVersion }: EngineVersion): string {
  return `${version}, schema version ${schemaVersion}`;
}

/** By their numbers, like the script itself: 0.10.0 is above 0.9.0. */
function compareReleases(one: string, other: string): number {
  const [ones = '', others = ''] = [one, other].map((version) => /^[0-9.]+/.exec(version)?.[0]);
  return ones.localeCompare(others, 'en', { numeric: true });
}
