import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { captured, capturedData } from '../support/captured.ts';
import { openQueue, type QueueDriver } from '../support/queue-driver.ts';
import { strangeSettings, wideColumns, wideRow } from '../support/wide-table.ts';

const database = await openTestDatabase();

const beginnings: Record<string, (table: string) => string> = {
  I: (table) => `insert into ${table} `,
  U: (table) => `update ${table} set `,
  D: (table) => `delete from ${table} where `,
  R: (table) => `truncate ${table}`,
};

/** Repeats what was captured on another table. */
async function repeat(queue: QueueDriver, table: string): Promise<void> {
  for (const [type, payload] of await capturedData(queue)) {
    await database.query(`${beginnings[type ?? '']?.(table)}${payload}`);
  }
}

test('each change is the part of a statement behind the name of the table', async () => {
  const queue = await openQueue(database);
  await database.query(`
    create table orders (id integer primary key, note text, "Odd ""name""" text);
    create trigger capture after insert or update or delete on orders for each row
      execute function pgque.sqltriga('${queue.name}');
    create trigger emptied after truncate on orders execute function pgque.sqltriga('${queue.name}');
    insert into orders values (1, 'it''s', null);
    update orders set note = 'a\\b', "Odd ""name""" = '';
    update orders set id = 2, note = null;
    delete from orders;
    truncate orders`);
  expect(await captured(queue)).toEqual([
    { type: 'I', payload: `(id,note,"Odd ""name""") values ('1','it''s',NULL)`, extra1: 'public.orders' },
    { type: 'U', payload: String.raw`note=E'a\\b',"Odd ""name"""='' where id='1'`, extra1: 'public.orders' },
    { type: 'U', payload: `id='2',note=NULL where id='1'`, extra1: 'public.orders' },
    { type: 'D', payload: `id='2'`, extra1: 'public.orders' },
    { type: 'R', payload: '', extra1: 'public.orders' },
  ]);
});

test('an UPDATE that changes nothing is no event: there is nothing to repeat', async () => {
  const queue = await openQueue(database);
  await database.query(`
    create table unchanged (id integer primary key, note text);
    create trigger capture after update on unchanged for each row execute function pgque.sqltriga('${queue.name}');
    insert into unchanged values (1, null), (2, 'x');
    update unchanged set id = id, note = note;
    update unchanged set note = 'x'`);
  expect(await capturedData(queue)).toEqual([['U', `note='x' where id='1'`]]);
});

test('backup puts the old row into the second extra, urlencoded', async () => {
  const queue = await openQueue(database);
  await database.query(`
    create table kept (id integer primary key, note text);
    create trigger capture after insert or update or delete on kept for each row
      execute function pgque.sqltriga('${queue.name}', 'backup');
    insert into kept values (1, 'a b');
    update kept set note = null;
    delete from kept`);
  expect((await captured(queue)).map(({ extra2 }) => extra2)).toEqual([undefined, 'id=1&note=a+b', 'id=1&note']);
});

test('repeated on a copy it makes the copy the same, for every type and whatever the settings', async () => {
  const queue = await openQueue(database);
  await database.query(`
    create table wide (${wideColumns});
    create table wide_copy (${wideColumns});
    create trigger capture after insert or update or delete on wide for each row
      execute function pgque.sqltriga('${queue.name}')`);
  const session = await database.connect();
  const compare = async (): Promise<void> => {
    await repeat(queue, 'wide_copy');
    const difference = `
      select * from (table wide except all table wide_copy) a union all select * from (table wide_copy except all table wide) b`;
    const asText = difference.replaceAll(/table (wide\w*)/g, 'select $1::text from $1');
    expect(await database.query(asText)).toEqual([]);
  };
  await session.query(`insert into wide values (${wideRow})`);
  await session.query(`insert into wide (id, label) values (2, 'second'), (3, null)`);
  await compare();
  await session.query(strangeSettings);
  await session.query(`
    update public.wide set label = label || '''x', amount = amount / 3, ratio = ratio * 3, raw = raw || '\\x27'::bytea,
      at = at + interval '1 month', day = day + 1, span = span * 2, numbers = numbers || 4, words = words || '\\'::text,
      doc = '{"it''s": 1}', docb = docb || '{"x": "\\\\"}', period = '[3,9]', nothing = ''`);
  await compare();
  await session.query('update public.wide set id = id + 10, label = null');
  await session.query('delete from public.wide where id = 12');
  await compare();
  expect(await database.query('select id from wide_copy order by 1')).toEqual([{ id: 11 }, { id: 13 }]);
});

test('without a key all columns find the row, also those whose type has no equality', async () => {
  const queue = await openQueue(database);
  const columns = `a integer, b text, j json, p point, js json[], n integer[], e mood, d short_text`;
  await database.query(`
    create type mood as enum ('ok', 'sad');
    create domain short_text as varchar(9);
    create table keyless (${columns});
    create table keyless_copy (${columns});
    create trigger capture after insert or update or delete on keyless for each row
      execute function pgque.sqltriga('${queue.name}');
    insert into keyless values (1, 'x', '{"a":1}', '(1,2)', array['1'::json], '{1}', 'ok', 'd');
    insert into keyless (a) values (2), (3)`);
  await repeat(queue, 'keyless_copy');
  await database.query(`update keyless set b = 'y' where a = 1; delete from keyless where a = 2`);
  expect(await captured(queue)).toMatchObject([
    {
      payload: `b='y' where a='1' and b='x' and j::text='{"a":1}' and p::text='(1,2)' and js::text='{1}' and n='{1}' and e='ok' and d='d'`,
    },
    {
      payload: `a='2' and b is null and j is null and p is null and js is null and n is null and e is null and d is null`,
    },
  ]);
  await database.query(`update keyless set n = '{2}' where a = 1; delete from keyless where a = 3`);
  await database.query(`update keyless_copy set b = 'y' where a = 1; delete from keyless_copy where a = 2`);
  await repeat(queue, 'keyless_copy');
  expect(await database.query('select a, b, n from keyless_copy')).toEqual([{ a: 1, b: 'y', n: [2] }]);
});

test('generated columns are left out, and identities are set', async () => {
  const queue = await openQueue(database);
  const columns = `id integer primary key generated always as identity, a integer, twice integer generated always as (a * 2) stored`;
  await database.query(`
    create table made (${columns});
    create table made_copy (${columns});
    create trigger capture after insert or update or delete on made for each row
      execute function pgque.sqltriga('${queue.name}');
    insert into made (a) values (1), (2);
    update made set a = 5 where a = 1;
    delete from made where a = 2`);
  await repeat(queue, 'made_copy');
  expect(await database.query('table made_copy')).toEqual([{ id: 1, a: 5, twice: 10 }]);
});

test('a row of which nothing is left to set is inserted with its defaults, and cannot be found again', async () => {
  const queue = await openQueue(database);
  await database.query(`
    create table hidden (a integer);
    create trigger capture after insert or update or delete on hidden for each row
      execute function pgque.sqltriga('${queue.name}', 'ignore=a');
    insert into hidden values (1)`);
  expect(await capturedData(queue)).toEqual([['I', 'default values']]);
  await expect(database.query('delete from hidden')).rejects.toMatchObject({ code: 'QU020', detail: 'public.hidden' });
  await database.query('update hidden set a = 2');
  expect(await capturedData(queue)).toEqual([]);
});
