import { randomBytes } from 'node:crypto';
import { escapeIdentifier } from 'pg';
import type { CreateDatabaseOptions, Database } from './server.ts';
import { majorOf, onConnection } from './server-connection.ts';

/** Creates a database on the server behind `serverUrl`, the URL of somebody who may do so; see `Server.createDatabase`. */
export async function createDatabase(serverUrl: string, options: CreateDatabaseOptions = {}): Promise<Database> {
  const name = options.name ?? `pgque_${randomBytes(6).toString('hex')}`;
  await onConnection(serverUrl, async (client) => {
    await client.query(createStatement(name, options.template, await majorOf(client)));
  });
  let dropping: Promise<void> | undefined;
  const drop = (): Promise<void> => {
    dropping ??= onConnection(serverUrl, async (client) => {
      await client.query(`drop database if exists ${escapeIdentifier(name)} with (force)`);
    });
    return dropping;
  };
  return { name, url: urlOf(serverUrl, name), drop, [Symbol.asyncDispose]: drop };
}

/** Copying files is some ten times faster than logging every page, which is the default since 15. */
function createStatement(name: string, template: string | undefined, major: number): string {
  const from = template === undefined ? '' : ` template ${escapeIdentifier(template)}`;
  const strategy = major >= 15 ? ' strategy file_copy' : '';
  return `create database ${escapeIdentifier(name)}${from}${strategy}`;
}

function urlOf(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${encodeURIComponent(database)}`;
  return url.href;
}
