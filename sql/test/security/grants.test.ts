import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { pageFunctions, signatureOf } from '../support/api-page.ts';
import { openQueue } from '../support/queue-driver.ts';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();
await openQueue(database);

interface FunctionGrants {
  signature: string;
  grantees: string[];
}

const functions = await database.query<FunctionGrants>(`
  begin;
  set local search_path = pgque, pg_catalog;
  select p.oid::regprocedure::text as signature, array(
    select case when a.grantee = 0 then 'PUBLIC' else a.grantee::regrole::text end
    from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a where a.grantee <> p.proowner order by 1) as grantees
  from pg_proc p where p.pronamespace = 'pgque'::regnamespace`);
await database.query('commit');

const granted = (role: string): string[] =>
  functions.filter(({ grantees }) => grantees.join() === role).map(({ signature }) => signature);

const onPage = (roles: string): string[] =>
  pageFunctions.filter((each) => each.roles.toSorted().join() === roles).map(signatureOf);

test.each(['pgque_reader', 'pgque_writer', 'pgque_admin'])(
  '%s may call what the page of the API says and no more',
  (role) => {
    expect(onPage(role).length).toBeGreaterThan(10);
    expect(granted(role).toSorted()).toEqual(onPage(role).toSorted());
  },
);

test('what is for every role is granted to the three, and to nobody else', () => {
  const every = 'pgque_admin,pgque_reader,pgque_writer';
  expect(granted(every).toSorted()).toEqual(onPage(every).toSorted());
});

test('what is granted to nobody is uninstall and the inner functions', () => {
  const isInner = (signature: string): boolean => signature.startsWith('_');
  expect(granted('').filter((signature) => !isInner(signature))).toEqual(['uninstall()']);
  expect(functions.filter(({ signature }) => isInner(signature)).every(({ grantees }) => grantees.length === 0)).toBe(
    true,
  );
});

test('nothing is granted to PUBLIC: no function, no table, no sequence, not the schema', async () => {
  expect(functions.filter(({ grantees }) => grantees.includes('PUBLIC'))).toEqual([]);
  const relations = `
    select c.relname from pg_class c, aclexplode(c.relacl) a
    where c.relnamespace = 'pgque'::regnamespace and a.grantee = 0`;
  expect(await database.query(relations)).toEqual([]);
  const schema = `
    select 1 from pg_namespace n, aclexplode(n.nspacl) a where n.nspname = 'pgque' and a.grantee = 0`;
  expect(await database.query(schema)).toEqual([]);
});

test('of tables and sequences readers may select, and no role anything else', async () => {
  const grants = await database.query(`
    select distinct a.grantee::regrole::text as grantee, a.privilege_type as privilege, a.is_grantable
    from pg_class c, aclexplode(c.relacl) a
    where c.relnamespace = 'pgque'::regnamespace and a.grantee <> c.relowner`);
  expect(grants).toEqual([{ grantee: 'pgque_reader', privilege: 'SELECT', is_grantable: false }]);
  const ungranted = `
    select c.relname from pg_class c
    where c.relnamespace = 'pgque'::regnamespace and c.relkind in ('r', 'p', 'S')
      and not has_table_privilege('pgque_reader', c.oid, 'select')`;
  expect(await database.query(ungranted)).toEqual([]);
});

test('reader and writer are siblings, the admin is a member of both, capture triggers write, and none can log in', async () => {
  const members = `
    select r.rolname as role, m.member::regrole::text as member
    from pg_auth_members m join pg_roles r on r.oid = m.roleid
    where r.rolname like 'pgque\\_%' and m.member::regrole::text like 'pgque\\_%' order by 1, 2`;
  expect(await database.query(members)).toEqual([
    { role: 'pgque_reader', member: 'pgque_admin' },
    { role: 'pgque_writer', member: 'pgque_admin' },
    { role: 'pgque_writer', member: 'pgque_capture' },
  ]);
  const ready = `
    select count(*) from pg_roles where rolname in ('pgque_reader', 'pgque_writer', 'pgque_admin', 'pgque_capture')
      and not rolcanlogin and not rolsuper and not rolcreaterole and not rolcreatedb`;
  expect(await scalar(database, ready)).toBe(4n);
});

test('a function with the rights of its owner has a pinned search_path that ends with pg_temp', async () => {
  const loose = `
    select p.oid::regprocedure::text from pg_proc p
    where p.pronamespace = 'pgque'::regnamespace and p.prosecdef
      and not coalesce(p.proconfig, '{}') @> array['search_path=pg_catalog, pg_temp']`;
  expect(await database.query(loose)).toEqual([]);
  const definers = `select count(*) from pg_proc p where p.pronamespace = 'pgque'::regnamespace and p.prosecdef`;
  expect(await scalar<bigint>(database, definers)).toBeGreaterThan(20n);
});

test('no function has a comment missing that somebody may call', async () => {
  const silent = `
    select p.oid::regprocedure::text as signature from pg_proc p
    where p.pronamespace = 'pgque'::regnamespace and p.proname not like '\\_%' and obj_description(p.oid, 'pg_proc') is null`;
  expect(await database.query(silent)).toEqual([]);
});
