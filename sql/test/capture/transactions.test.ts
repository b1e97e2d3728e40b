import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { capturedData } from '../support/captured.ts';
import { openQueue } from '../support/queue-driver.ts';

const database = await openTestDatabase();
const queue = await openQueue(database);
await database.query(`
  create table t (id integer primary key, a text);
  create trigger capture after insert or update or delete on t for each row
    execute function pgque.logutriga('${queue.name}');
  create trigger emptied after truncate on t execute function pgque.logutriga('${queue.name}')`);

test('a change that is rolled back is no event, nor one behind a savepoint, nor one that failed', async () => {
  const session = await database.connect();
  await session.query(`begin; insert into t values (1, 'aborted'); truncate t; rollback`);
  await session.query(
    `begin; insert into t values (2, 'kept'); savepoint s; update t set a = 'given up'; rollback to s`,
  );
  await session.query('delete from t; commit');
  await expect(session.query('insert into t values (3), (3)')).rejects.toMatchObject({ code: '23505' });
  await session.query(`insert into t values (4, 'x'), (4, 'y') on conflict do nothing`);
  expect(await capturedData(queue)).toEqual([
    ['I:id', 'id=2&a=kept'],
    ['D:id', 'id=2&a=kept'],
    ['I:id', 'id=4&a=x'],
  ]);
});

test('a change that is not committed yet is not seen, and comes when it is', async () => {
  const session = await database.connect();
  await session.query(`begin; insert into t values (5, 'open')`);
  expect(await capturedData(queue)).toEqual([]);
  await session.query('commit');
  expect(await capturedData(queue)).toEqual([['I:id', 'id=5&a=open']]);
});

test('events keep the order of the changes, between what is sent otherwise', async () => {
  await database.query(`
    begin;
    delete from t;
    insert into t select i, 'x' from generate_series(10, 12) i;
    select pgque.send('${queue.name}', 'by hand'::text);
    update t set a = 'y' where id = 11;
    truncate t;
    insert into t values (11) on conflict (id) do update set a = 'z';
    insert into t values (11) on conflict (id) do update set a = 'z';
    commit`);
  expect((await capturedData(queue)).map(([type, payload]) => `${type} ${payload}`)).toEqual([
    'D:id id=4&a=x',
    'D:id id=5&a=open',
    'I:id id=10&a=x',
    'I:id id=11&a=x',
    'I:id id=12&a=x',
    'default by hand',
    'U:id id=11&a=y',
    'R ',
    'I:id id=11&a',
    'U:id id=11&a=z',
  ]);
});

test('a deferred constraint trigger captures at the commit', async () => {
  const late = await openQueue(database);
  await database.query(`
    create table deferred (id integer primary key);
    create constraint trigger capture after insert on deferred deferrable initially deferred for each row
      execute function pgque.logutriga('${late.name}')`);
  const session = await database.connect();
  await session.query('begin; insert into deferred values (1)');
  await session.query(`select pgque.send('${late.name}', 'first'::text); commit`);
  expect((await capturedData(late)).map(([, payload]) => payload)).toEqual(['first', 'id=1']);
});

test('rows that a foreign key takes along are captured', async () => {
  const cascaded = await openQueue(database);
  await database.query(`
    create table parent (id integer primary key);
    create table child (id integer primary key, parent_id integer references parent on delete cascade on update cascade);
    create trigger capture after update or delete on child for each row
      execute function pgque.sqltriga('${cascaded.name}');
    insert into parent values (1);
    insert into child values (7, 1);
    update parent set id = 2;
    delete from parent`);
  expect(await capturedData(cascaded)).toEqual([
    ['U', `parent_id='2' where id='7'`],
    ['D', `id='7'`],
  ]);
});
