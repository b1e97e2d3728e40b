import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue } from '../support/queue-driver.ts';
import { scalar } from '../support/scalar.ts';

/** Every object that is not of the system, by kind. */
const census = `
  select (select count(*) from pg_class where oid >= 16384) as relations,
    (select count(*) from pg_proc where oid >= 16384) as functions,
    (select count(*) from pg_type where oid >= 16384) as types,
    (select count(*) from pg_namespace where oid >= 16384) as schemas,
    (select count(*) from pg_cast where oid >= 16384) + (select count(*) from pg_operator where oid >= 16384)
      + (select count(*) from pg_event_trigger) + (select count(*) from pg_extension) as others,
    (select count(*) from pg_default_acl) as default_acls`;

test('uninstall leaves nothing behind in the database, however much was in use', async () => {
  const [empty, database] = [await openTestDatabase({ engine: false }), await openTestDatabase()];
  const queue = await openQueue(database, { max_retries: 0 });
  await queue.sendMany(['a', 'b']);
  await queue.tick();
  await queue.nack(await queue.receiveSome());
  await database.query('select pgque.uninstall()');
  expect(await database.query(census)).toEqual(await empty.query(census));
});

test('the roles stay, because other databases use them', async () => {
  const database = await openTestDatabase();
  await database.query('select pgque.uninstall()');
  const roles = `select count(*) from pg_roles where rolname in ('pgque_reader', 'pgque_writer', 'pgque_admin')`;
  expect(await scalar(database, roles)).toBe(3n);
});

test('nobody but the owner may, not even the admin', async () => {
  const database = await openTestDatabase();
  for (const role of ['pgque_admin', 'pgque_reader', 'pgque_writer']) {
    const session = await database.role(role);
    await expect(session.query('select pgque.uninstall()')).rejects.toMatchObject({ code: '42501' });
  }
  expect(await scalar(database, `select to_regnamespace('pgque') is not null`)).toBe(true);
});
