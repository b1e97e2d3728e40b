import { openTestDatabase, projectMajor } from '@pgque/testing';
import { expect, test } from 'vitest';
import { captured, capturedData } from '../support/captured.ts';
import { openQueue } from '../support/queue-driver.ts';

const database = await openTestDatabase();

/** One trigger of each kind on a table, in this order. */
function allTriggers(table: string, queue: string, timing = 'after'): string {
  const create = (name: string): string => `
    create trigger ${name} ${timing} insert or update or delete on ${table} for each row
      execute function pgque.${name}('${queue}');`;
  return ['jsontriga', 'logutriga', 'sqltriga'].map(create).join('');
}

test('events of a partitioned table name the table that has the trigger', async () => {
  const queue = await openQueue(database);
  await database.query(`
    create table whole (id integer, region text, note text, primary key (id, region)) partition by list (region);
    create table part_a partition of whole for values in ('a') partition by range (id);
    create table part_a_1 partition of part_a for values from (0) to (100);
    create table part_b (note text, region text not null, id integer not null, extra text);
    alter table part_b drop column extra;
    alter table whole attach partition part_b for values in ('b');
    ${allTriggers('whole', queue.name)}
    create trigger own after insert on part_b for each row execute function pgque.sqltriga('${queue.name}');
    insert into whole values (1, 'a', 'x');
    insert into part_b (id, region, note) values (2, 'b', 'y')`);
  expect(await captured(queue)).toEqual([
    {
      type: '{"op":"INSERT","table":["public","whole"],"pkey":["id","region"]}',
      payload: '{"id":1,"region":"a","note":"x"}',
      extra1: 'public.whole',
    },
    { type: 'I:id,region', payload: 'id=1&region=a&note=x', extra1: 'public.whole' },
    { type: 'I', payload: `(id,region,note) values ('1','a','x')`, extra1: 'public.whole' },
    {
      type: '{"op":"INSERT","table":["public","whole"],"pkey":["id","region"]}',
      payload: '{"note":"y","region":"b","id":2}',
      extra1: 'public.whole',
    },
    { type: 'I:id,region', payload: 'note=y&region=b&id=2', extra1: 'public.whole' },
    { type: 'I', payload: `(note,region,id) values ('y','b','2')`, extra1: 'public.part_b' },
    { type: 'I', payload: `(note,region,id) values ('y','b','2')`, extra1: 'public.whole' },
  ]);
});

test('a row that moves to another partition is deleted there and inserted here', async () => {
  const queue = await openQueue(database);
  await database.query(`
    create table moving (id integer primary key, note text) partition by range (id);
    create table moving_low partition of moving for values from (0) to (10);
    create table moving_high partition of moving for values from (10) to (20);
    insert into moving values (1, 'x');
    create trigger capture after insert or update or delete on moving for each row
      execute function pgque.sqltriga('${queue.name}');
    update moving set id = 2;
    update moving set id = 12`);
  expect(await capturedData(queue)).toEqual([
    ['U', `id='2' where id='1'`],
    ['D', `id='2'`],
    ['I', `(id,note) values ('12','x')`],
  ]);
});

test('stored generated columns are there after the change, and left out before it', async () => {
  const queue = await openQueue(database);
  const columns = `id integer primary key, twice integer generated always as (id * 2) stored`;
  await database.query(`
    create table made (${columns});
    ${allTriggers('made', queue.name)}
    create table made_before (${columns});
    ${allTriggers('made_before', queue.name, 'before')}
    insert into made values (1);
    insert into made_before values (1);
    delete from made_before`);
  expect((await capturedData(queue)).map(([, payload]) => payload)).toEqual([
    '{"id":1,"twice":2}',
    'id=1&twice=2',
    `(id) values ('1')`,
    '{"id":1}',
    'id=1',
    `(id) values ('1')`,
    '{"id":1}',
    'id=1',
    `id='1'`,
  ]);
});

test('virtual generated columns, where the server has them, are left out', async () => {
  const queue = await openQueue(database);
  const virtual = projectMajor() >= 18 ? 'twice integer generated always as (id * 2) virtual,' : '';
  await database.query(`
    create table virtual (id integer primary key, ${virtual} note text);
    ${allTriggers('virtual', queue.name)}
    insert into virtual (id, note) values (1, 'x')`);
  expect((await capturedData(queue)).map(([, payload]) => payload)).toEqual([
    '{"id":1,"note":"x"}',
    'id=1&note=x',
    `(id,note) values ('1','x')`,
  ]);
});

test('dropped, added, renamed and retyped columns are right at once, in the session that has cached its plans', async () => {
  const queue = await openQueue(database);
  const session = await database.connect();
  await session.query(`
    create table changing (id integer primary key, a integer, b text, c text);
    ${allTriggers('changing', queue.name)}
    create trigger yet_another after insert or update on changing for each row
      execute function pgque.logutriga('${queue.name}', 'when=c is not null', 'ev_extra3=c')`);
  const insert = async (): Promise<(string | null)[]> => {
    await session.query(`insert into changing (id, c) values ((select count(*) from changing), '5')`);
    return (await capturedData(queue)).map(([, payload]) => payload);
  };
  for (let round = 0; round < 7; round += 1) await insert();
  await session.query('alter table changing drop column a');
  expect(await insert()).toEqual([
    '{"id":7,"b":null,"c":"5"}',
    'id=7&b&c=5',
    `(id,b,c) values ('7',NULL,'5')`,
    'id=7&b&c=5',
  ]);
  await session.query(`alter table changing add column "new" integer[] default '{1}'`);
  expect((await insert()).at(0)).toBe('{"id":8,"b":null,"c":"5","new":[1]}');
  await session.query('alter table changing alter column c type integer using c::integer');
  expect(await insert()).toEqual([
    '{"id":9,"b":null,"c":5,"new":[1]}',
    'id=9&b&c=5&new=%7b1%7d',
    `(id,b,c,new) values ('9',NULL,'5','{1}')`,
    'id=9&b&c=5&new=%7b1%7d',
  ]);
  await session.query('alter table changing rename column b to "B b"; alter table changing rename to "Changed"');
  await session.query('alter table "Changed" drop constraint changing_pkey, add primary key (c, id)');
  await session.query(`update "Changed" set "B b" = 'x' where id = 9`);
  expect(await captured(queue)).toMatchObject([
    { type: '{"op":"UPDATE","table":["public","Changed"],"pkey":["c","id"]}', extra1: 'public."Changed"' },
    { type: 'U:c,id', payload: 'id=9&B+b=x&c=5&new=%7b1%7d' },
    { payload: `"B b"='x' where c='5' and id='9'` },
    { extra3: '5' },
  ]);
});

test('in REPEATABLE READ a column that came after the snapshot has its name', async () => {
  const queue = await openQueue(database);
  await database.query(`
    create table grown (id integer primary key, gone text, a text);
    ${allTriggers('grown', queue.name)}`);
  const session = await database.connect();
  await session.query('begin isolation level repeatable read; select 1');
  await database.query(`alter table grown drop column gone, add column b text default 'new'`);
  await session.query(`insert into grown values (1, 'x'); commit`);
  expect((await capturedData(queue)).map(([, payload]) => payload)).toEqual([
    '{"id":1,"a":"x","b":"new"}',
    'id=1&a=x&b=new',
    `(id,a,b) values ('1','x','new')`,
  ]);
});

test('composite, enum and domain values, and names that need quotes, come as SQL writes them', async () => {
  const queue = await openQueue(database);
  await database.query(`
    create schema "my.schema";
    create type "my.schema"."My pair" as (x integer, "y z" text);
    create type "my.schema".mood as enum ('so so');
    create domain "my.schema".code as text check (value <> '');
    create table "my.schema"."T""1" (
      "Id" integer primary key, pair "my.schema"."My pair", pairs "my.schema"."My pair"[], mood "my.schema".mood, code "my.schema".code);
    ${allTriggers('"my.schema"."T""1"', queue.name)}
    insert into "my.schema"."T""1" values (1, (1, 'a "b"'), array[(2, null)::"my.schema"."My pair"], 'so so', 'c')`);
  expect(await captured(queue)).toEqual([
    {
      type: String.raw`{"op":"INSERT","table":["my.schema","T\"1"],"pkey":["Id"]}`,
      payload: String.raw`{"Id":1,"pair":{"x":1,"y z":"a \"b\""},"pairs":[{"x":2,"y z":null}],"mood":"so so","code":"c"}`,
      extra1: '"my.schema"."T""1"',
    },
    {
      type: 'I:Id',
      payload: 'Id=1&pair=%281%2c%22a+%22%22b%22%22%22%29&pairs=%7b%22%282%2c%29%22%7d&mood=so+so&code=c',
      extra1: '"my.schema"."T""1"',
    },
    {
      type: 'I',
      payload: `("Id",pair,pairs,mood,code) values ('1','(1,"a ""b""")','{"(2,)"}','so so','c')`,
      extra1: '"my.schema"."T""1"',
    },
  ]);
});

test('rows of one column, of NULLs only and of no column at all are told apart', async () => {
  const queue = await openQueue(database);
  await database.query(`
    create table one (a text);
    create table none ();
    ${allTriggers('one', queue.name)}
    ${allTriggers('none', queue.name)}
    insert into one values (null), ('');
    insert into none default values`);
  expect((await capturedData(queue)).map(([, payload]) => payload)).toEqual([
    '{"a":null}',
    'a',
    '(a) values (NULL)',
    '{"a":""}',
    'a=',
    `(a) values ('')`,
    '{}',
    '',
    'default values',
  ]);
});

test('INSTEAD OF triggers capture what is done to a view', async () => {
  const queue = await openQueue(database);
  await database.query(`
    create view inbox as select 1 as id, 'x'::text as note;
    create trigger capture instead of insert or update or delete on inbox for each row
      execute function pgque.logutriga('${queue.name}', 'pkey=id', 'SKIP');
    insert into inbox values (2, 'y');
    update inbox set note = 'z';
    delete from inbox`);
  expect(await capturedData(queue)).toEqual([
    ['I:id', 'id=2&note=y'],
    ['U:id', 'id=1&note=z'],
    ['D:id', 'id=1&note=x'],
  ]);
});
