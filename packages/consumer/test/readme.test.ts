import { readFileSync } from 'node:fs';
import { openPrivateServer, readReadme, readSnippets, runSnippet } from '@pgque/testing';
import { connect } from 'pgque';
import { expect, test } from 'vitest';
import * as consumer from '../src/index.ts';
import * as testing from '../src/testing/index.ts';

const folder = new URL('../', import.meta.url);
const readme = readReadme(folder);

const { server } = await openPrivateServer({ engine: false });
const database = await server.createDatabase({ name: 'mydb' });

test('the snippets of the README run as they stand, one after the other', { timeout: 180_000 }, async () => {
  const run = (snippet: string, until?: () => Promise<void>) =>
    runSnippet(snippet, { folder, databaseUrl: database.url, ...(until && { until }) });
  const [install = '', worker = '', send = '', ...others] = readSnippets(readme);
  expect(await run(install)).toEqual({ exitCode: 0, errors: '' });
  await using client = await connect(database.url);
  await client.transaction((tx) =>
    tx.query(`
      create table invoices (msg_id bigint);
      create table done (msg_id bigint primary key);
      create table shipments (order_data text)`),
  );
  const handled = async (): Promise<void> => {
    expect(await run(send)).toEqual({ exitCode: 0, errors: '' });
    const billing = () => client.getConsumerInfo('orders', 'billing');
    await expect.poll(billing).toMatchObject([{ pendingEvents: 0, currentBatchId: null }]);
  };
  expect(await run(worker, handled)).toEqual({ exitCode: 0, errors: '' });
  for (const snippet of others) expect(await run(snippet), snippet).toEqual({ exitCode: 0, errors: '' });
  const counts =
    'select (select count(*)::int from invoices) as invoices, (select count(*)::int from shipments) as shipments';
  expect(await client.transaction((tx) => tx.query(counts))).toEqual([{ invoices: 1, shipments: 1 }]);
  expect(
    (await client.consumerStats('orders')).map(({ consumer, retriesPending }) => [consumer, retriesPending]),
  ).toEqual(expect.arrayContaining([['mailer', 1]]));
});

/** What an interface of the sources has, with the default that its comment says. */
function optionsOf(file: string): { option: string; ofDefault: string | undefined }[] {
  const source = readFileSync(new URL(`src/${file}.ts`, folder), 'utf8');
  return [...source.matchAll(/\/\*\*((?:(?!\*\/).)*)\*\/\s+readonly (\w+)\??:/gs)].map(
    ([, comment = '', option = '']) => ({
      option,
      ofDefault: /@default ('\S+'|\d+|\w+\(\))/.exec(comment)?.[1],
    }),
  );
}

test('the README names everything that there is', () => {
  const fields = ['consumer-health', 'ticker/ticker-health', 'testing/tick', 'testing/wait-for', 'handling/handler'];
  const names = [
    ...Object.keys(consumer),
    ...Object.keys(testing),
    ...fields.flatMap(optionsOf).map(({ option }) => option),
    ...Object.getOwnPropertyNames(
      consumer.createConsumer(testing.createFakeClient(), { queue: 'q', name: 'c' }).constructor.prototype,
    ),
  ].filter((name) => name !== 'constructor');
  expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(readme))).toEqual([]);
});

test('the tables of the README have every option with its default', () => {
  const options = ['consumer-options', 'ticker/ticker-options'].flatMap(optionsOf);
  expect(options.length).toBeGreaterThan(15);
  for (const { option, ofDefault } of options) {
    const [, cell = expect.fail(option)] = new RegExp(`^\\| \`${option}\` +\\| (.*?) *\\|`, 'm').exec(readme) ?? [];
    if (ofDefault !== undefined) expect(cell, option).toBe(`\`${ofDefault}\``);
  }
});
