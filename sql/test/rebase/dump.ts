import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type PrivateServer, TestDatabase } from '@pgque/testing';
import { afterAll } from 'vitest';

const run = promisify(execFile);
const programs = '/usr/lib/postgresql/15/bin';

/** Runs a program of the Debian client, which is of version 15, on a database. */
async function runClient(
  program: 'pg_dump' | 'pg_restore' | 'psql',
  url: string,
  args: readonly string[],
): Promise<void> {
  const path = `${programs}/${program}`;
  if (!existsSync(path)) {
    throw new Error(`${path} is missing: on Debian 12, "apt-get install postgresql-client-15"; .ci/run does it.`);
  }
  await run(path, [...args, '--dbname', url]);
}

const folder = mkdtempSync(join(tmpdir(), 'pgque-dump-'));
let dumps = 0;
afterAll(() => rmSync(folder, { recursive: true, force: true }));

export type DumpFormat = 'plain' | 'custom';

/** Dumps a whole database and returns the name of the file. */
export async function dump(source: TestDatabase, format: DumpFormat): Promise<string> {
  dumps += 1;
  const file = join(folder, `${dumps}`);
  await runClient('pg_dump', source.url, ['--format', format, '--file', file]);
  return file;
}

export interface RestoreOptions {
  readonly format: DumpFormat;
  /** Who restores, and owns everything then. The superuser otherwise, and owners are those of the dump. */
  readonly owner?: { readonly name: string; readonly password: string };
}

/** Restores a dump in a new database of a server, as an operator would. */
export async function restore({ server }: PrivateServer, file: string, options: RestoreOptions): Promise<TestDatabase> {
  const { format, owner } = options;
  const created = await server.createDatabase();
  const database = new TestDatabase(created, server);
  const url = new URL(created.url);
  if (owner) {
    await database.query(`alter database "${created.name}" owner to ${owner.name}`);
    [url.username, url.password] = [owner.name, owner.password];
  }
  const restored = owner ? new TestDatabase({ ...created, url: url.href }, server) : database;
  if (format === 'plain') await runClient('psql', url.href, ['--quiet', '--set', 'ON_ERROR_STOP=1', '--file', file]);
  else await runClient('pg_restore', url.href, ['--exit-on-error', ...(owner ? ['--no-owner'] : []), file]);
  return restored;
}

/** Uses up transaction ids, as the years do. */
export async function age(database: TestDatabase, xids: number): Promise<void> {
  await database.query(`
    do $$ begin
      for i in 1 .. ${xids} loop
        begin
          perform from pgque.latch for no key update;
          raise exception 'rolled back';
        exception when raise_exception then null;
        end;
      end loop;
    end $$`);
}
