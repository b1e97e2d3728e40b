import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { captured, capturedData } from '../support/captured.ts';
import { openQueue, type QueueDriver } from '../support/queue-driver.ts';

const database = await openTestDatabase();

let tables = 0;

/** A table of its own with a logutriga() of these arguments behind the queue. */
async function openTable(
  queue: QueueDriver,
  options: readonly string[],
  { timing = 'after', columns = 'id integer primary key, a text, b text' } = {},
): Promise<string> {
  const table = `watched_${++tables}`;
  const list = [queue.name, ...options].map((argument) => `'${argument.replaceAll("'", "''")}'`).join();
  await database.query(`
    create table ${table} (${columns});
    create trigger capture ${timing} insert or update or delete on ${table} for each row
      execute function pgque.logutriga(${list})`);
  return table;
}

test('ignore= leaves columns out, and an UPDATE of nothing else is no event', async () => {
  const queue = await openQueue(database);
  const table = await openTable(queue, ['ignore=b']);
  await database.query(`
    insert into ${table} values (1, 'a', 'b');
    update ${table} set b = 'c';
    update ${table} set a = 'a';
    update ${table} set a = null, b = 'd';
    update ${table} set a = ''`);
  expect(await capturedData(queue)).toEqual([
    ['I:id', 'id=1&a=a'],
    ['U:id', 'id=1&a'],
    ['U:id', 'id=1&a='],
  ]);
});

test('without ignore= every UPDATE is an event', async () => {
  const queue = await openQueue(database);
  const table = await openTable(queue, []);
  await database.query(`insert into ${table} values (1, 'a'); update ${table} set a = a`);
  expect(await capturedData(queue)).toEqual([
    ['I:id', 'id=1&a=a&b'],
    ['U:id', 'id=1&a=a&b'],
  ]);
});

test('pkey= takes the place of the primary key', async () => {
  const queue = await openQueue(database);
  const table = await openTable(queue, ['pkey=b,a']);
  await database.query(`insert into ${table} values (1)`);
  expect(await capturedData(queue)).toEqual([['I:b,a', 'id=1&a&b']]);
});

test('lists of columns take blanks, and odd names with or without quotes', async () => {
  const queue = await openQueue(database);
  const table = await openTable(queue, ['ignore= a , "x, y","say ""hi""", Odd Name,"quoted"', 'pkey="id"'], {
    columns: 'id integer, a text, "x, y" text, "say ""hi""" text, "Odd Name" text, """quoted""" text, last text',
  });
  await database.query(`insert into ${table} values (1)`);
  expect(await capturedData(queue)).toEqual([['I:id', 'id=1&last']]);
});

test('when= is a condition on the row; false and NULL are no event', async () => {
  const queue = await openQueue(database);
  const table = await openTable(queue, ["when=a = 'yes' and b is null -- only these"]);
  await database.query(`
    insert into ${table} values (1, 'yes', null), (2, 'no', null), (3, null, null), (4, 'yes', 'b');
    update ${table} set a = 'yes' where id = 2;
    update ${table} set a = 'no';
    delete from ${table}`);
  expect(await capturedData(queue)).toEqual([
    ['I:id', 'id=1&a=yes&b'],
    ['U:id', 'id=2&a=yes&b'],
  ]);
});

test('ev_type=, ev_data= and ev_extra1= to ev_extra4= are expressions on the row and on tg_op', async () => {
  const queue = await openQueue(database);
  const table = await openTable(queue, [
    "ev_type=lower(tg_op) || ' ' || id",
    'ev_data=null',
    'ev_extra1=a',
    'ev_extra2=(select max(x) from unnest(array[id, 7]) x)',
    "ev_extra3=coalesce(b, 'none')",
    'ev_extra4=true',
  ]);
  await database.query(`insert into ${table} values (1, 'x'); delete from ${table}`);
  const extras = { payload: null, extra1: 'x', extra2: '7', extra3: 'none', extra4: 'true' };
  expect(await captured(queue)).toEqual([
    { type: 'insert 1', ...extras },
    { type: 'delete 1', ...extras },
  ]);
});

test('an expression sees a column named tg_op, or like a table, before anything else', async () => {
  const queue = await openQueue(database);
  const table = await openTable(queue, ['ev_type=tg_op || change || changed'], {
    columns: 'tg_op text, change text, changed text',
  });
  await database.query(`insert into ${table} values ('a', 'b', 'c')`);
  expect(await capturedData(queue)).toEqual([['abc', 'tg_op=a&change=b&changed=c']]);
});

test('for TRUNCATE an expression has tg_op and no row', async () => {
  const queue = await openQueue(database);
  await database.query(`
    create table emptied (id integer);
    create trigger capture after truncate on emptied
      execute function pgque.sqltriga('${queue.name}', 'ev_extra3=tg_op', 'when=tg_op = ''TRUNCATE''', 'pkey=id', 'backup');
    truncate emptied`);
  expect(await captured(queue)).toEqual([{ type: 'R', payload: '', extra1: 'public.emptied', extra3: 'TRUNCATE' }]);
  await database.query(`
    create trigger other after truncate on emptied execute function pgque.sqltriga('${queue.name}', 'when=id > 0')`);
  await expect(database.query('truncate emptied')).rejects.toMatchObject({ code: '42703' });
});

test('SKIP sends the change to the queue instead of the table', async () => {
  const queue = await openQueue(database);
  const table = await openTable(queue, ['SKIP', 'when=id < 3'], { timing: 'before' });
  await database.query(`alter table ${table} disable trigger user`);
  await database.query(`insert into ${table} values (1, 'stays')`);
  await database.query(`alter table ${table} enable trigger user`);
  const changed = await database.query(`insert into ${table} values (2), (3) returning id`);
  await database.query(`update ${table} set a = 'new'; delete from ${table}`);
  expect(changed).toEqual([]);
  expect(await database.query(`table ${table}`)).toEqual([{ id: 1, a: 'stays', b: null }]);
  expect(await capturedData(queue)).toEqual([
    ['I:id', 'id=2&a&b'],
    ['U:id', 'id=1&a=new&b'],
    ['D:id', 'id=1&a=stays&b'],
  ]);
});

test('a BEFORE trigger without SKIP lets the change through as it is', async () => {
  const queue = await openQueue(database);
  const table = await openTable(queue, [], { timing: 'before' });
  await database.query(`
    insert into ${table} values (1, 'a'), (2, 'b');
    update ${table} set a = 'c' where id = 1;
    delete from ${table} where id = 2`);
  expect(await database.query(`table ${table}`)).toEqual([{ id: 1, a: 'c', b: null }]);
  expect((await capturedData(queue)).map(([type]) => type)).toEqual(['I:id', 'I:id', 'U:id', 'D:id']);
});
