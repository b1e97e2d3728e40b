import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { openTestDatabase } from '@pgque/testing';
import { afterAll, expect, test } from 'vitest';
import { captured, capturedData } from '../support/captured.ts';
import { openQueue } from '../support/queue-driver.ts';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();
const queue = await openQueue(database);

const suffix = randomUUID().slice(0, 8);
const [owner, clerk, stranger] = [`owner_${suffix}`, `clerk_${suffix}`, `stranger_${suffix}`];
await database.query(`
  create role ${owner}; grant pgque_writer to ${owner};
  create role ${clerk};
  create role ${stranger};
  create schema shop authorization ${owner};
  create table public.secrets (a text);
  insert into public.secrets values ('secret')`);
afterAll(() =>
  database.query(`drop owned by ${owner}, ${clerk}, ${stranger} cascade; drop role ${owner}, ${clerk}, ${stranger}`),
);

const asOwner = await database.role(owner);
await asOwner.query(`
  create table shop.orders (id integer primary key, note text);
  grant usage on schema shop to ${clerk};
  grant select, insert, update, delete on shop.orders to ${clerk}`);

/** The only trigger on shop.orders from now on. */
async function capture(trigger: string, ...options: string[]): Promise<void> {
  const list = [queue.name, ...options].map((argument) => `'${argument.replaceAll("'", "''")}'`).join();
  await asOwner.query(`
    create or replace trigger capture after insert or update or delete on shop.orders for each row
      execute function pgque.${trigger}(${list})`);
}

test.each(['jsontriga', 'logutriga', 'sqltriga'])(
  'who writes to a table with %s needs no rights on the queue, nor gets any',
  async (trigger) => {
    await capture(trigger, 'when=id > 0', 'backup', 'ev_extra3=note');
    const session = await database.role(clerk);
    await session.query(`
      insert into shop.orders values (1, 'x'); update shop.orders set note = 'y'; delete from shop.orders`);
    expect((await captured(queue)).map(({ extra3 }) => extra3)).toEqual(['x', 'y', 'y']);
    await expect(session.query(`select pgque.send('${queue.name}', 'x'::text)`)).rejects.toMatchObject({
      code: '42501',
    });
    await expect(session.query('select pgque._capture_options(null)')).rejects.toMatchObject({ code: '42501' });
    await expect(
      session.query(`create temp table t (a integer);
        create trigger t after insert on t for each row execute function pgque.${trigger}('${queue.name}')`),
    ).rejects.toMatchObject({ code: '42501' });
  },
);

test('a trigger is created by a pgque_writer, and by nobody else', async () => {
  const session = await database.role(stranger);
  await database.query(`grant create on schema public to ${stranger}`);
  await session.query('create table public.theirs (a integer)');
  const create = `create trigger capture after insert on public.theirs for each row execute function pgque.logutriga('${queue.name}')`;
  await expect(session.query(create)).rejects.toMatchObject({ code: '42501' });
  await database.query(`grant pgque_writer to ${stranger}`);
  await session.query(create);
  await database.query(`revoke pgque_writer from ${stranger}; drop table public.theirs`);
});

test('an expression has neither the rights of the engine nor those of the user who writes', async () => {
  await capture('logutriga', 'ev_extra3=current_user');
  await database.query(`insert into shop.orders values (1)`);
  expect(await captured(queue)).toMatchObject([{ extra3: 'pgque_capture' }]);

  const superuser = await scalar<string>(database, 'select current_user::text');
  for (const expression of [
    '(select a from public.secrets)',
    '(select count(*) from pgque.event)',
    '(select count(*) from shop.orders)',
    "(select count(*) from pg_read_file('PG_VERSION'))",
    `set_config('role', '${superuser}', false)`,
    `set_config('session_authorization', '${superuser}', false)`,
    `pgque.create_queue('made by an expression')`,
    "lo_import('PG_VERSION')",
  ]) {
    await capture('logutriga', `ev_extra3=${expression}`);
    await expect(database.query('update shop.orders set note = null'), expression).rejects.toMatchObject({
      code: '42501',
    });
  }
  expect(await capturedData(queue)).toEqual([]);
});

test('an expression cannot end its own statement to begin another with more rights', async () => {
  await capture('logutriga', 'ev_extra3=1)::text; delete from public.secrets; select (2');
  await expect(database.query('update shop.orders set note = null')).rejects.toThrow();
  expect(await database.query('table public.secrets')).toEqual([{ a: 'secret' }]);
});

test('a function that the type of a column brings along runs without the rights of the engine', async () => {
  await asOwner.query(`
    create type shop.mood as enum ('ok');
    create function shop.mood_to_json(shop.mood) returns json language sql as $$ select to_json(current_user::text) $$;
    create cast (shop.mood as json) with function shop.mood_to_json(shop.mood);
    create function shop.mood_to_text(shop.mood) returns text language sql as $$ select current_user::text $$;
    create cast (shop.mood as text) with function shop.mood_to_text(shop.mood);
    grant usage on schema shop to public;
    create table shop.moods (id integer primary key, mood shop.mood);
    create trigger a after insert on shop.moods for each row execute function pgque.jsontriga('${queue.name}');
    create trigger b after insert on shop.moods for each row execute function pgque.logutriga('${queue.name}')`);
  await database.query(`insert into shop.moods values (1, 'ok')`);
  expect((await capturedData(queue)).map(([, payload]) => payload)).toEqual([
    '{"id":1,"mood":"pgque_capture"}',
    'id=1&mood=ok',
  ]);
});

test('names in an expression are looked up in pg_catalog only', async () => {
  await asOwner.query(`
    create function shop.lower(text) returns text language sql as $$ select 'captured' $$;
    create function shop.twice(text) returns text language sql as $$ select $1 || $1 $$`);
  await capture('logutriga', 'ev_extra3=lower(note)', 'ev_extra4=shop.twice(note)');
  await database.query(`set search_path = shop, pg_catalog; update orders set note = 'X'; reset search_path`);
  expect(await captured(queue)).toMatchObject([{ extra3: 'x', extra4: 'XX' }]);
  await capture('logutriga', 'ev_extra3=twice(note)');
  await expect(database.query('update shop.orders set note = null')).rejects.toMatchObject({ code: '42883' });
});

test('nobody is a member of the role that the triggers run as, but the installer without superuser', async () => {
  const members = `select count(*) from pg_auth_members where roleid = 'pgque_capture'::regrole
    and not (select rolcreaterole from pg_roles where oid = member)`;
  expect(await scalar(database, members)).toBe(0n);
});

test('where the installer may not give functions to that role, they have the rights of who writes', async () => {
  const bare = await openTestDatabase({ engine: false });
  const [installer, writer] = [`installer_${suffix}`, `writer_${suffix}`];
  await bare.query(`
    create role ${installer};
    grant create on database "${bare.name}" to ${installer};
    create role ${writer}`);
  try {
    const script = await readFile(new URL('../../pgque.sql', import.meta.url), 'utf8');
    const session = await bare.role(installer);
    const warnings: (string | undefined)[] = [];
    session.on('notice', (notice) => warnings.push(notice.message));
    await session.query('begin');
    await session.query(script);
    await session.query('commit');
    expect(warnings).toEqual([expect.stringContaining('pgque_writer')]);

    const here = await openQueue(session);
    await bare.query(`
      create table t (id integer primary key);
      grant insert on t to ${writer};
      create trigger capture after insert on t for each row
        execute function pgque.logutriga('${here.name}', 'ev_extra3=current_user')`);
    const writing = await bare.role(writer);
    await expect(writing.query('insert into t values (1)')).rejects.toMatchObject({ code: '42501' });
    await bare.query(`grant pgque_writer to ${writer}`);
    await writing.query('insert into t values (1)');
    expect(await captured(here)).toMatchObject([{ payload: 'id=1', extra3: writer }]);
  } finally {
    await bare.query(`drop owned by ${installer}, ${writer} cascade; drop role ${installer}, ${writer}`);
  }
});

test('uninstall() takes the triggers along, and the table can be written to', async () => {
  const other = await openTestDatabase();
  const there = await openQueue(other);
  await other.query(`
    create table t (id integer);
    create trigger capture after insert on t for each row execute function pgque.jsontriga('${there.name}');
    insert into t values (1)`);
  await other.query('select pgque.uninstall()');
  await other.query('insert into t values (2)');
  expect(await scalar(other, 'select count(*) from pg_trigger where not tgisinternal')).toBe(0n);
});
