import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { scalar } from '../support/scalar.ts';

// These servers have no pg_cron.
const database = await openTestDatabase();

test('start() says that pg_cron is missing, where, and what else ticks', async () => {
  await expect(database.query('select pgque.start()')).rejects.toMatchObject({
    code: 'QU010',
    message: 'pg_cron extension is not installed',
    detail: expect.stringContaining(database.name),
    hint: 'Install pg_cron, or call pgque.ticker_loop() from a scheduler of your own.',
  });
});

test('stop() returns quietly, as often as one likes, and for the admin as well', async () => {
  const admin = await database.role('pgque_admin');
  for (const session of [database, database, admin]) await scalar(session, 'select pgque.stop()');
});

test('status() lists no jobs', async () => {
  const components = await database.query<{ component: string }>('select component from pgque.status()');
  expect(components.map(({ component }) => component)).toEqual([
    'postgresql',
    'pgque',
    'pg_cron',
    'queues',
    'consumers',
  ]);
});
