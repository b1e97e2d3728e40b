import { readFile } from 'node:fs/promises';
import { openTestDatabase, type TestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue } from '../support/queue-driver.ts';
import { rows } from '../support/rows.ts';
import { scalar } from '../support/scalar.ts';

const script = await readFile(new URL('../../pgque.sql', import.meta.url), 'utf8');

/** How many rows each system catalog of the database has, and what of the cluster refers to the database. */
async function takeCensus(database: TestDatabase): Promise<object> {
  const tables = await rows<{ name: string }>(
    database,
    // The statistics of other tables come and go.
    `select relname as name from pg_class
     where relnamespace = 'pg_catalog'::regnamespace and relkind = 'r' and not relisshared and relname <> 'pg_statistic'
     order by 1`,
  );
  const counts = tables.map(({ name }) => `(select count(*) from pg_catalog.${name}) as ${name}`);
  const shared = ['pg_shdepend', 'pg_db_role_setting'].map((name) => {
    const column = name === 'pg_shdepend' ? 'dbid' : 'setdatabase';
    const own = `(select d.oid from pg_database d where d.datname = current_database())`;
    return `(select count(*) from pg_catalog.${name} s where s.${column} = ${own}) as ${name}`;
  });
  const [census] = await rows(database, `select ${[...counts, ...shared].join(', ')}`);
  return census ?? {};
}

test('uninstall leaves nothing behind in the database, however much was in use', async () => {
  const database = await openTestDatabase({ engine: false });
  await database.query('create table items (id integer primary key)');
  const before = await takeCensus(database);
  await database.query(script);
  const queue = await openQueue(database, { max_retries: 0 });
  await database.query(`select pgque.register_subconsumer($1, 'group', 'member')`, [queue.name]);
  await database.query(
    `create trigger capture after insert on items for each row execute function pgque.jsontriga('${queue.name}')`,
  );
  await database.query('insert into items values (1)');
  await queue.sendMany(['a', 'b']);
  await database.query(`select pgque.send_at($1, 'default', 'later'::text, interval '1 hour')`, [queue.name]);
  await queue.tick();
  await queue.nack(await queue.receiveSome());
  await database.query(`select pgque.create_queue('dropped'), pgque.drop_queue('dropped'), pgque.maint()`);
  await database.query(script);
  expect(await takeCensus(database)).not.toEqual(before);

  await database.query('select pgque.uninstall()');
  expect(await takeCensus(database)).toEqual(before);
});

test('it can be installed anew afterwards', async () => {
  const database = await openTestDatabase();
  await database.query('select pgque.uninstall()');
  await database.query(script);
  const queue = await openQueue(database);
  await queue.send('x');
  await queue.tick();
  expect(await queue.receivePayloads()).toEqual(['x']);
});

test('the roles stay, because other databases use them', async () => {
  const database = await openTestDatabase();
  await database.query('select pgque.uninstall()');
  const roles = `select count(*) from pg_roles where rolname in ('pgque_reader', 'pgque_writer', 'pgque_admin', 'pgque_capture')`;
  expect(await scalar(database, roles)).toBe(4n);
});

test.each(['select pgque.uninstall()', 'call pgque._uninstall_in_steps()'])(
  'nobody but the owner may, not even the admin: %s',
  async (statement) => {
    const database = await openTestDatabase();
    for (const role of ['pgque_admin', 'pgque_reader', 'pgque_writer']) {
      const session = await database.role(role);
      await expect(session.query(statement)).rejects.toMatchObject({ code: '42501' });
    }
    expect(await scalar(database, `select to_regnamespace('pgque') is not null`)).toBe(true);
  },
);
