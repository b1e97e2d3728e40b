import { createDatabase, isMajor, type Major } from '@pgque/embedded';
import { inject } from 'vitest';
import { closeAtEndOfFile } from './file-resources.ts';
import './provided.ts';
import { templateName } from './template-name.ts';
import { TestDatabase } from './test-database.ts';

export interface OpenTestDatabaseOptions {
  /** Whether the engine is installed in it. @default true */
  engine?: boolean;
}

/** A fresh database on the server of this project's major, dropped at the end of the test file. */
export async function openTestDatabase(options: OpenTestDatabaseOptions = {}): Promise<TestDatabase> {
  const major = projectMajor();
  const server = inject('servers').find((candidate) => candidate.major === major);
  if (!server) throw new Error(`no server of PostgreSQL ${major} runs in this test run`);
  const database = await createDatabase(server.url, options.engine === false ? {} : { template: templateName });
  return closeAtEndOfFile(new TestDatabase(database, server));
}

/** The PostgreSQL major this file runs for now. */
export function projectMajor(): Major {
  const major = inject('major');
  if (!isMajor(major)) throw new Error(`this test run knows no PostgreSQL ${major}`);
  return major;
}
