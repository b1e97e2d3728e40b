import { createDatabase, isMajor, type Major } from '@pgque/embedded';
import { inject } from 'vitest';
import { closeAtEndOfFile } from './file-resources.ts';
import './provided.ts';
import { templateName } from './template-name.ts';
import { connectClient } from './test-client.ts';
import { TestDatabase } from './test-database.ts';

export interface OpenTestDatabaseOptions {
  /** Whether the engine is installed in it. @default true */
  engine?: boolean;
  /** The database that it is a copy of. Every session there is ended; its next query opens another. */
  copyOf?: TestDatabase;
  /** Of the server, one of this run's. @default that of the project */
  major?: Major;
}

/** A fresh database on a server of this run, dropped at the end of the test file. */
export async function openTestDatabase(options: OpenTestDatabaseOptions = {}): Promise<TestDatabase> {
  const major = options.major ?? projectMajor();
  const server = inject('servers').find((candidate) => candidate.major === major);
  if (!server) throw new Error(`no server of PostgreSQL ${major} runs in this test run`);
  if (options.copyOf) await endSessions(server.url, options.copyOf.name);
  const template = options.copyOf?.name ?? (options.engine === false ? undefined : templateName);
  const database = await createDatabase(server.url, template === undefined ? {} : { template });
  return closeAtEndOfFile(new TestDatabase(database, server));
}

async function endSessions(serverUrl: string, database: string): Promise<void> {
  const client = await connectClient(serverUrl);
  await client.query('select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = $1', [database]);
  await client.end();
}

/** The PostgreSQL major this file runs for now. */
export function projectMajor(): Major {
  const major = inject('major');
  if (!isMajor(major)) throw new Error(`this test run knows no PostgreSQL ${major}`);
  return major;
}
