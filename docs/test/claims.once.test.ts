import { existsSync, globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openTestDatabase } from '@pgque/testing';
import { connect } from 'pgque';
import { expect, test } from 'vitest';
import { readPages } from './read-blocks.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string): string => readFileSync(`${root}docs/${path}`, 'utf8');

test('the evidence that the pages name is there', () => {
  const missing = readPages().flatMap((page) =>
    [...read(page).matchAll(/`((?:sql|packages|conformance|examples|testing)\/[\w./@-]+)`/g)]
      .map(([, path = '']) => path)
      .filter((path) => !existsSync(root + path) && globSync(`${root}${path}*`).length === 0)
      .map((path) => `${page}: ${path}`),
  );
  expect(missing).toEqual([]);
});

test('alert rules and dashboard ask for metrics that there are', async () => {
  const database = await openTestDatabase();
  await using client = await connect(database.url);
  await client.createQueue('orders');
  await client.subscribe('orders', 'billing');
  await client.send('orders', { payload: 1 });
  await client.forceNextTick('orders');
  await client.tick('orders');
  await client.receive('orders', 'billing');
  const known = new Set((await client.metrics()).map(({ name }) => name));
  const asked = ['alerts.yaml', 'dashboard.json'].flatMap((file) =>
    [...read(`public/monitoring/${file}`).matchAll(/\bpgque_[a-z_]+/g)].map(([name]) => name),
  );
  expect(asked.length).toBeGreaterThan(10);
  expect([...new Set(asked)].filter((name) => !known.has(name))).toEqual([]);
});

test('the settings that the pages name are settings of a queue', async () => {
  const database = await openTestDatabase();
  await using client = await connect(database.url);
  await client.createQueue('orders');
  const known = new Set(Object.keys(await client.getQueueConfig('orders')));
  const named = readPages().flatMap((page) =>
    [...read(page).matchAll(/createQueue\([^)]*\{ (\w+):/g)].map(([, name = '']) => name),
  );
  expect(named.filter((name) => !known.has(name))).toEqual([]);
});
