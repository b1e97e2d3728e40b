import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { openPrivateServer } from '@pgque/testing';
import { expect, test } from 'vitest';
import * as pgque from '../src/index.ts';
import { methodNames } from './method-names.ts';

const { server } = await openPrivateServer({ engine: false });
const database = await server.createDatabase({ name: 'mydb' });
const { hostname, port, username, password } = new URL(database.url);

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const snippets = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, snippet = '']) => snippet);

/** Runs a snippet as it stands, as a program of its own that finds server and password where `pg` looks for them. */
async function run(snippet: string): Promise<{ exitCode: number | null; errors: string }> {
  const generated = `--import=${new URL('./adapters/generated-client.ts', import.meta.url)}`;
  const child = spawn(process.execPath, ['--conditions=@pgque/source', '--input-type=module-typescript', generated], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    env: {
      PATH: process.env['PATH'],
      PGHOST: hostname,
      PGPORT: port,
      PGUSER: username,
      PGPASSWORD: password,
      DATABASE_URL: database.url,
    },
    stdio: ['pipe', 'inherit', 'pipe'],
  });
  child.stdin.end(snippet);
  const errors = text(child.stderr);
  const [exitCode] = (await once(child, 'exit')) as [number | null];
  return { exitCode, errors: await errors };
}

test('the snippets of the README run as they stand, one after the other', { timeout: 180_000 }, async () => {
  await using client = await pgque.connect(database.url);
  await client.transaction((tx) => tx.query('create table invoices (msg_id bigint)'));
  expect(snippets.length).toBeGreaterThan(5);
  for (const snippet of snippets) expect(await run(snippet), snippet).toEqual({ exitCode: 0, errors: '' });
  expect(await client.getConsumerInfo('orders')).toMatchObject([{ consumer: 'billing' }, { consumer: 'processor' }]);
  expect(await client.getQueueInfo('invoices')).toHaveLength(1);
});

test('the README names every method and every error', () => {
  const errors = Object.keys(pgque).filter((name) => name.endsWith('Error'));
  const missing = [...methodNames(), ...errors].filter((name) => !new RegExp(`\\b${name}\\b`).test(readme));
  expect(missing).toEqual([]);
});
