import { readFileSync } from 'node:fs';
import { nestFlags, openPrivateServer, readReadme, readSnippets, runSnippet } from '@pgque/testing';
import { connect } from 'pgque';
import { expect, inject, test } from 'vitest';
import * as nestjs from '../src/index.ts';
import * as testing from '../src/testing/index.ts';
import { compileSnippets } from './snippet-project.ts';

const folder = new URL('../', import.meta.url);
const readme = readReadme(folder);

const { server } = await openPrivateServer({ engine: false });
const database = await server.createDatabase({ name: 'mydb' });

const project = await compileSnippets(readSnippets(readme));

async function run(program: string, until?: () => Promise<unknown>): Promise<void> {
  const execArgv = nestFlags(inject('nestMajor'));
  const options = { folder: project.folder, databaseUrl: database.url, execArgv, ...(until && { until }) };
  const { exitCode, errors } = await runSnippet(program, { ...options, stdout: 'ignore' });
  // One that is told to stop ends by the signal, after its shutdown.
  expect({ exitCode, errors }, program).toEqual({ exitCode: until ? null : 0, errors: '' });
}

test('the snippets of the README run as they stand, one after the other', { timeout: 120_000 }, async () => {
  const [quickStart = '', typed = '', ledger = '', ...others] = project.programs;
  const counts = async (table: string): Promise<unknown> => {
    await using client = await connect(database.url);
    return await client.transaction((tx) => tx.query(`select count(*)::int as count from ${table}`));
  };
  await run(quickStart, async () => {
    const billing = async () => {
      await using client = await connect(database.url);
      return await client.getConsumerInfo('orders', 'billing');
    };
    await expect.poll(() => billing().catch(() => [])).toMatchObject([{ pendingEvents: 0, currentBatchId: null }]);
  });
  await run(typed);
  await using client = await connect(database.url);
  await client.transaction((tx) => tx.query('create table invoices (msg_id bigint)'));
  await run(ledger, () => expect.poll(() => counts('invoices')).toEqual([{ count: 2 }]));
  for (const program of others) await run(program);
});

test('the README names everything that there is', () => {
  const errors = readFileSync(new URL('src/pgque-module-error.ts', folder), 'utf8').matchAll(/^ {2}\| '(\w+)'/gm);
  const options = ['connection/pgque-options', 'queue/queue-options', 'handling/pgque-context'].flatMap((file) => [
    ...readFileSync(new URL(`src/${file}.ts`, folder), 'utf8').matchAll(/^ {2}readonly (\w+)\??:/gm),
  ]);
  const names = [
    ...Object.keys(nestjs),
    ...Object.keys(testing).filter((name) => name !== 'PgqueTesting'),
    ...[...errors, ...options].map(([, name]) => name),
    ...Object.getOwnPropertyNames(nestjs.PgqueQueue.prototype).filter((name) => name !== 'constructor'),
    ...Object.getOwnPropertyNames(testing.PgqueTesting.prototype).filter((name) => name !== 'constructor'),
  ];
  expect(names.length).toBeGreaterThan(50);
  expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(readme))).toEqual([]);
});
