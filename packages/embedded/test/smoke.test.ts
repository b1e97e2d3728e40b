import { Client } from 'pg';
import { expect, inject, test } from 'vitest';
import { isMajor, startServer } from '../src/index.ts';

test('startServer() starts the major that was asked for', async () => {
  const major = inject('major');
  if (!isMajor(major)) throw new Error(`unknown major ${major}`);
  await using server = await startServer({ major, source: 'binaries' });
  const client = new Client({ connectionString: server.url });
  await client.connect();
  const { rows } = await client.query('show server_version');
  await client.end();
  expect(rows[0].server_version).toMatch(new RegExp(`^${major}\\.`));
});
