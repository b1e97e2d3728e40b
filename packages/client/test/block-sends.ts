import type { TestDatabase } from '@pgque/testing';
import { expect } from 'vitest';

/** Holds up every call that looks for a queue, so that a test can act while calls are in flight. */
export async function blockSends(database: TestDatabase) {
  const holder = await database.connect();
  await holder.query('begin; lock table pgque.queue in access exclusive mode');
  return {
    /** Until this many calls wait for the lock. */
    async waitForCalls(count: number): Promise<void> {
      await expect.poll(() => countBlocked(database), { timeout: 10_000 }).toBe(count);
    },
    async release(): Promise<void> {
      await holder.query('rollback');
    },
  };
}

async function countBlocked(database: TestDatabase): Promise<number> {
  const rows = await database.query(`
    select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`);
  return rows.length;
}

/** Terminates all sessions of the client under test; returns how many. */
export async function terminateClients(database: TestDatabase): Promise<number> {
  const rows = await database.query(`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and application_name = 'pgque'`);
  return rows.length;
}

/** Pids of the sessions of the client under test. */
export async function clientPids(database: TestDatabase): Promise<number[]> {
  const rows = await database.query<{ pid: number }>(`
    select pid from pg_stat_activity where datname = current_database() and application_name = 'pgque' order by pid`);
  return rows.map(({ pid }) => pid);
}
