import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { captured, capturedData } from '../support/captured.ts';
import { openQueue } from '../support/queue-driver.ts';
import { strangeSettings, wideColumns, wideRow } from '../support/wide-table.ts';

const database = await openTestDatabase();

test('each change is an event with operation, table and key in its type, and the row as its payload', async () => {
  const queue = await openQueue(database);
  await database.query(`
    create table orders (id integer primary key, note text);
    create trigger capture after insert or update or delete on orders for each row
      execute function pgque.jsontriga('${queue.name}');
    insert into orders values (1, 'new');
    update orders set note = null;
    delete from orders`);
  const about = (op: string): string => `{"op":"${op}","table":["public","orders"],"pkey":["id"]}`;
  expect(await captured(queue)).toEqual([
    { type: about('INSERT'), payload: '{"id":1,"note":"new"}', extra1: 'public.orders' },
    { type: about('UPDATE'), payload: '{"id":1,"note":null}', extra1: 'public.orders' },
    { type: about('DELETE'), payload: '{"id":1,"note":null}', extra1: 'public.orders' },
  ]);
});

test('TRUNCATE is an event without a row', async () => {
  const queue = await openQueue(database);
  await database.query(`
    create table emptied (id integer primary key);
    create trigger capture after truncate on emptied execute function pgque.jsontriga('${queue.name}');
    truncate emptied`);
  expect(await captured(queue)).toEqual([
    { type: '{"op":"TRUNCATE","table":["public","emptied"],"pkey":["id"]}', payload: '{}', extra1: 'public.emptied' },
  ]);
});

test('values are written as row_to_json() does, whatever the settings of the session', async () => {
  const queue = await openQueue(database);
  await database.query(`
    create table wide (${wideColumns});
    create trigger capture after insert on wide for each row execute function pgque.jsontriga('${queue.name}')`);
  const session = await database.connect();
  await session.query(strangeSettings);
  await session.query(`insert into public.wide values (${wideRow})`);
  await session.query(`insert into public.wide (id, ratio, at) values (2, 'NaN', 'infinity')`);

  const [first, second] = await captured(queue);
  expect(JSON.parse(first?.payload ?? '')).toEqual({
    id: 1,
    label: 'it\'s "q" \\ (a,b)\n\tä +%&=€',
    'Odd, "na me"': 'x',
    amount: 1.5,
    ratio: 0.30000000000000004,
    is_open: true,
    raw: '\\x00ff5c',
    at: '2024-03-01T10:34:56.789+00:00',
    local: '2024-03-01T12:34:56',
    day: '2024-03-01',
    span: '1 day 02:03:04',
    numbers: [1, null, 3],
    words: ['a b', null, '', '"', '\\'],
    doc: { b: 1, a: [1, 2] },
    docb: { a: [1, 2], b: 1 },
    uuid: '6ecd8c99-4036-403d-bf84-cf8400f67836',
    period: '[1,5)',
    padded: 'ab  ',
    empty: '',
    nothing: null,
  });
  // Numbers keep their digits, and json its text.
  expect(first?.payload).toContain('"amount":1.50,"ratio":0.30000000000000004,');
  expect(first?.payload).toContain('"doc":{"b": 1,  "a":[1, 2]},"docb":{"a": [1, 2], "b": 1},');
  expect(JSON.parse(second?.payload ?? '')).toMatchObject({ ratio: 'NaN', at: 'infinity', doc: null });
});

test('ignored columns are left out, the others stay as they are and where they are', async () => {
  const queue = await openQueue(database);
  await database.query(`
    create table partly (id integer primary key, secret text, doc json, "q""" text);
    create trigger capture after insert on partly for each row
      execute function pgque.jsontriga('${queue.name}', 'ignore=secret');
    insert into partly values (1, 'hidden', '{"b":  1}', 'x')`);
  expect(await capturedData(queue)).toEqual([[expect.any(String), String.raw`{"id":1,"doc":{"b":  1},"q\"":"x"}`]]);
});

test('backup puts the old row of an UPDATE and of a DELETE beside the new one, as JSON', async () => {
  const queue = await openQueue(database);
  await database.query(`
    create table kept (id integer primary key, note text, secret text);
    create trigger capture after insert or update or delete on kept for each row
      execute function pgque.jsontriga('${queue.name}', 'backup', 'ignore=secret');
    insert into kept values (1, 'a', 's');
    update kept set id = 2, note = 'b';
    delete from kept`);
  expect((await captured(queue)).map(({ payload, extra2 }) => [payload, extra2])).toEqual([
    ['{"id":1,"note":"a"}', undefined],
    ['{"id":2,"note":"b"}', '{"id":1,"note":"a"}'],
    ['{"id":2,"note":"b"}', '{"id":2,"note":"b"}'],
  ]);
});

test('the key is in the order of its index, and empty when there is none', async () => {
  const queue = await openQueue(database);
  await database.query(`
    create table "Two ""keys""" (a integer, b integer, c integer, primary key (c, a) include (b));
    create table keyless (a integer);
    create trigger capture after insert on "Two ""keys""" for each row execute function pgque.jsontriga('${queue.name}');
    create trigger capture after insert or update on keyless for each row execute function pgque.jsontriga('${queue.name}');
    insert into "Two ""keys""" values (1, 2, 3);
    insert into keyless values (1);
    update keyless set a = 2`);
  expect(await captured(queue)).toEqual([
    {
      type: String.raw`{"op":"INSERT","table":["public","Two \"keys\""],"pkey":["c","a"]}`,
      payload: '{"a":1,"b":2,"c":3}',
      extra1: 'public."Two ""keys"""',
    },
    { type: '{"op":"INSERT","table":["public","keyless"],"pkey":[]}', payload: '{"a":1}', extra1: 'public.keyless' },
    { type: '{"op":"UPDATE","table":["public","keyless"],"pkey":[]}', payload: '{"a":2}', extra1: 'public.keyless' },
  ]);
});
