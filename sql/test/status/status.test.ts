import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue } from '../support/queue-driver.ts';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();
const detail = (component: string) =>
  scalar<string>(database, 'select detail from pgque.status() where component = $1', [component]);

test('queues and consumers are counted', async () => {
  expect(await detail('queues')).toBe('0 queues configured');
  const queue = await openQueue(database);
  await queue.as(database, 'second').subscribe();
  expect(await detail('queues')).toBe('1 queues configured');
  expect(await detail('consumers')).toBe('2 active subscriptions');
});

test('the server and the install say their versions', async () => {
  expect(await detail('postgresql')).toBe(await scalar(database, 'select version()'));
  expect(await detail('pgque')).toBe(await scalar(database, 'select pgque.version()'));
});

test('without pg_cron it says what to call instead', async () => {
  expect(await detail('pg_cron')).toMatch(/pgque\.ticker\(\).*pgque\.maint\(\)/);
});
