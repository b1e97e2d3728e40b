import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { captured, capturedData } from '../support/captured.ts';
import { openQueue } from '../support/queue-driver.ts';
import { rows } from '../support/rows.ts';
import { strangeSettings, wideColumns, wideRow } from '../support/wide-table.ts';

const database = await openTestDatabase();

/** What a consumer of PgQ does with it: a NULL has no "=". */
function decode(payload: string | null | undefined): Record<string, string | null> {
  const text = (encoded: string): string => decodeURIComponent(encoded.replaceAll('+', ' '));
  return Object.fromEntries(
    (payload ?? '').split('&').map((pair) => {
      const [name = '', value] = pair.split('=');
      return [text(name), value === undefined ? null : text(value)];
    }),
  );
}

test('each change is an event with operation and key in its type, and the row urlencoded', async () => {
  const queue = await openQueue(database);
  await database.query(`
    create table orders (id integer, line integer, note text, "odd name" text, primary key (id, line));
    create trigger capture after insert or update or delete on orders for each row
      execute function pgque.logutriga('${queue.name}');
    insert into orders values (1, 2, 'café au lait', '');
    update orders set note = null, "odd name" = 'a=b&c';
    delete from orders`);
  expect(await captured(queue)).toEqual([
    { type: 'I:id,line', payload: 'id=1&line=2&note=caf%c3%a9+au+lait&odd+name=', extra1: 'public.orders' },
    { type: 'U:id,line', payload: 'id=1&line=2&note&odd+name=a%3db%26c', extra1: 'public.orders' },
    { type: 'D:id,line', payload: 'id=1&line=2&note&odd+name=a%3db%26c', extra1: 'public.orders' },
  ]);
});

test('TRUNCATE is an event of type R without data', async () => {
  const queue = await openQueue(database);
  await database.query(`
    create table emptied (id integer primary key);
    create trigger capture before truncate on emptied execute function pgque.logutriga('${queue.name}');
    truncate emptied`);
  expect(await captured(queue)).toEqual([{ type: 'R', payload: '', extra1: 'public.emptied' }]);
});

test('a table without a key has none in the type; pkey= names one', async () => {
  const queue = await openQueue(database);
  await database.query(`
    create table keyless (a integer, b text);
    create trigger one after insert or update or delete on keyless for each row
      execute function pgque.logutriga('${queue.name}', 'backup');
    create trigger two after delete on keyless for each row
      execute function pgque.logutriga('${queue.name}', 'pkey=b,a');
    insert into keyless values (1, 'x');
    update keyless set b = 'y';
    delete from keyless`);
  expect((await captured(queue)).map(({ type, payload, extra2 }) => [type, payload, extra2])).toEqual([
    ['I:', 'a=1&b=x', undefined],
    ['U:', 'a=1&b=y', 'a=1&b=x'],
    ['D:', 'a=1&b=y', 'a=1&b=y'],
    ['D:b,a', 'a=1&b=y', undefined],
  ]);
});

test('values are written as their types write them, whatever the settings of the session', async () => {
  const queue = await openQueue(database);
  await database.query(`
    create table wide (${wideColumns});
    create trigger capture after insert on wide for each row execute function pgque.logutriga('${queue.name}')`);
  const session = await database.connect();
  await session.query(strangeSettings);
  await session.query(`insert into public.wide values (${wideRow})`);
  const [event] = await captured(queue);
  expect(decode(event?.payload)).toEqual({
    id: '1',
    label: 'it\'s "q" \\ (a,b)\n\tä +%&=€',
    'Odd, "na me"': 'x',
    amount: '1.50',
    ratio: '0.30000000000000004',
    is_open: 't',
    raw: '\\x00ff5c',
    at: '2024-03-01 10:34:56.789+00',
    local: '2024-03-01 12:34:56',
    day: '2024-03-01',
    span: '1 day 02:03:04',
    numbers: '{1,NULL,3}',
    words: '{"a b",NULL,"","\\"","\\\\"}',
    doc: '{"b": 1,  "a":[1, 2]}',
    docb: '{"a": [1, 2], "b": 1}',
    uuid: '6ecd8c99-4036-403d-bf84-cf8400f67836',
    period: '[1,5)',
    padded: 'ab  ',
    empty: '',
    nothing: null,
  });
});

test('every text comes back, whatever is in it', async () => {
  const queue = await openQueue(database);
  await database.query(`
    create table texts (id integer primary key generated always as identity, a text, b text);
    create trigger capture after insert on texts for each row execute function pgque.logutriga('${queue.name}')`);
  const ascii = Array.from({ length: 127 }, (_, code) => String.fromCharCode(code + 1));
  const samples = [
    ...ascii,
    ...ascii.map((first) => `${first}"${first}\\,`),
    '',
    ' ',
    '()',
    '%20',
    '😀',
    '""',
    '\\\\"',
  ];
  for (const sample of samples) await rows(database, 'insert into texts (a, b) values ($1, null)', [sample]);
  const events = await capturedData(queue);
  expect(events.map(([, payload]) => Object.entries(decode(payload)))).toEqual(
    samples.map((a, index) => [
      ['id', `${index + 1}`],
      ['a', a],
      ['b', null],
    ]),
  );
});
