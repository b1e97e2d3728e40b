import { readEngineFile } from './engine-file.ts';
import type { Executor } from './executor/executor.ts';
import type { PgQueryable } from './executor/pg-queryable.ts';
import { toQueryable } from './executor/to-queryable.ts';
import type { Operations } from './operations/operations.ts';
import { OperationsBase } from './operations/operations-base.ts';

export interface InstallOptions {
  /** Milliseconds that it may take; several at once wait for each other. Not for a connection of `pg`. @default 300_000 */
  readonly timeoutMs?: number;
}

/**
 * Installs the engine in the database, or brings an older one up to date, all in one transaction. It may be repeated, and
 * any number of processes may do it at once. Needs a superuser, or a role that may create roles and schemas.
 */
export async function install(
  target: Operations | PgQueryable | Executor,
  options: InstallOptions = {},
): Promise<void> {
  const executor = target instanceof OperationsBase ? OperationsBase.executorOf(target) : toQueryable(target);
  await executor.query(await readEngineFile(), [], { timeoutMs: options.timeoutMs ?? 300_000 });
}
