import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue } from '../support/queue-driver.ts';

const database = await openTestDatabase();
const queue = await openQueue(database);
await database.query('create table t (id integer primary key, a text)');

const triggers = ['jsontriga', 'logutriga', 'sqltriga'] as const;

const insert = 'insert into t values (1)';
type Misuse = [what: string, when: string, options: string[], change: string, detail?: string];
const misuses: Misuse[] = [
  ['a statement trigger', 'after insert on t for each statement', [], insert],
  ['SKIP after the change', 'after insert on t for each row', ['SKIP'], insert],
  ['SKIP of a TRUNCATE', 'before truncate on t', ['SKIP'], 'truncate t'],
  ['an unknown word', 'after insert on t for each row', ['skip'], insert, 'skip'],
  ['an unknown option', 'after insert on t for each row', ['ev_time=now()'], insert, 'ev_time=now()'],
  ['an option without a value', 'after insert on t for each row', ['when='], insert, 'when='],
  ['backup with a value', 'after insert on t for each row', ['backup=yes'], insert, 'backup=yes'],
  ['an unknown column to ignore', 'after insert on t for each row', ['ignore=a,A'], insert, 'A'],
  ['an unknown column as key', 'after insert on t for each row', ['pkey=id,'], insert, ''],
];

test.each(triggers.flatMap((trigger) => misuses.map((misuse): [string, ...Misuse] => [trigger, ...misuse])))(
  '%s refuses %s with a hint, and with it the change',
  async (trigger, _what, when, options, change, detail) => {
    const list = [queue.name, ...options].map((argument) => `'${argument}'`).join();
    await database.query(`create or replace trigger capture ${when} execute function pgque.${trigger}(${list})`);
    await expect(database.query(change)).rejects.toMatchObject({
      code: 'QU020',
      hint: expect.stringMatching(/\.$/),
      ...(detail !== undefined && { detail }),
    });
    await database.query('drop trigger capture on t');
    expect(await database.query('table t')).toEqual([]);
  },
);

test.each(triggers)('%s without a queue says so, and one that does not exist is not found', async (trigger) => {
  await database.query(`create trigger capture after insert on t for each row execute function pgque.${trigger}()`);
  await expect(database.query(insert)).rejects.toMatchObject({ code: 'QU020' });
  await database.query(
    `create or replace trigger capture after insert on t for each row execute function pgque.${trigger}('nope')`,
  );
  await expect(database.query(insert)).rejects.toMatchObject({ code: 'QU001', detail: 'nope' });
  await database.query('drop trigger capture on t');
});

test.each(triggers)('an expression that fails makes the change fail with it: %s', async (trigger) => {
  for (const [expression, code] of [
    ['when=no_such_column', '42703'],
    ['ev_extra1=1 / (id - 1)', '22012'],
    ['ev_type=(', '42601'],
  ] as const) {
    await database.query(`
      create trigger capture after insert on t for each row
        execute function pgque.${trigger}('${queue.name}', '${expression}')`);
    await expect(database.query(insert)).rejects.toMatchObject({ code });
    await database.query('drop trigger capture on t');
  }
  expect(await database.query('table t')).toEqual([]);
});

test('nothing of all that was sent', async () => {
  await queue.tick();
  expect(await queue.receive()).toEqual([]);
});

test.each(triggers)('%s is no function to be called', async (trigger) => {
  await expect(database.query(`select pgque.${trigger}()`)).rejects.toMatchObject({ code: '0A000' });
});
