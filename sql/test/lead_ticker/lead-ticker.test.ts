import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { scalar } from '../support/scalar.ts';
import type { Session } from '../support/session.ts';

const database = await openTestDatabase();
const leads = (session: Session) => scalar<boolean>(session, 'select pgque.lead_ticker()');

test('one session leads, and asking again changes nothing', async () => {
  const [first, second] = [await database.connect(), await database.connect()];
  expect(await leads(first)).toBe(true);
  expect(await leads(second)).toBe(false);
  expect(await leads(first)).toBe(true);
  await first.query('select pg_advisory_unlock_all()');
  expect(await leads(second)).toBe(true);
  await second.query('select pg_advisory_unlock_all()');
});

test('another session leads when the one that did is gone', async () => {
  const [first, second] = [await database.role('pgque_admin'), await database.connect()];
  expect(await leads(first)).toBe(true);
  expect(await leads(second)).toBe(false);
  await first.end();
  await expect.poll(() => leads(second)).toBe(true);
  await second.end();
});

test('a leader in another database is no rival', async () => {
  const other = await openTestDatabase();
  expect(await leads(await other.connect())).toBe(true);
  const session = await database.connect();
  await expect.poll(() => leads(session)).toBe(true);
});
