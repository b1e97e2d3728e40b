import { openPrivateServer, readReadme, readSnippets, runSnippet } from '@pgque/testing';
import { expect, test } from 'vitest';
import * as pgque from '../src/index.ts';
import { methodNames } from './method-names.ts';

const { server } = await openPrivateServer({ engine: false });
const database = await server.createDatabase({ name: 'mydb' });

const folder = new URL('../', import.meta.url);
const readme = readReadme(folder);
const snippets = readSnippets(readme);
const execArgv = [`--import=${new URL('./adapters/generated-client.ts', import.meta.url)}`];

test('the snippets of the README run as they stand, one after the other', { timeout: 180_000 }, async () => {
  await using client = await pgque.connect(database.url);
  await client.transaction((tx) => tx.query('create table invoices (msg_id bigint)'));
  expect(snippets.length).toBeGreaterThan(5);
  const options = { folder, databaseUrl: database.url, execArgv };
  for (const snippet of snippets)
    expect(await runSnippet(snippet, options), snippet).toEqual({ exitCode: 0, errors: '' });
  expect(await client.getConsumerInfo('orders')).toMatchObject([{ consumer: 'billing' }, { consumer: 'processor' }]);
  expect(await client.getQueueInfo('invoices')).toHaveLength(1);
});

test('the README names every method and every error', () => {
  const errors = Object.keys(pgque).filter((name) => name.endsWith('Error'));
  const missing = [...methodNames(), ...errors].filter((name) => !new RegExp(`\\b${name}\\b`).test(readme));
  expect(missing).toEqual([]);
});
