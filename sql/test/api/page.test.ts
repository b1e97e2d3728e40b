import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { type PageFunction, pageFunctions, pageText, signatureOf } from '../support/api-page.ts';
import { rows } from '../support/rows.ts';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();
const session = await database.connect();
await session.query('set search_path = pgque, pg_catalog');

interface CatalogFunction {
  name: string;
  kind: string;
  names: string[];
  modes: string[];
  types: string[];
  defaults: (string | null)[];
  result: string;
  is_set: boolean;
}

const catalog = await rows<CatalogFunction>(
  session,
  `select p.proname::text as name, p.prokind::text as kind, coalesce(p.proargnames, '{}') as names,
     coalesce(p.proargmodes::text[], array_fill('i'::text, array[p.pronargs])) as modes,
     coalesce(p.proallargtypes, p.proargtypes::oid[])::regtype[]::text[] as types,
     array(select pg_get_function_arg_default(p.oid, i) from generate_series(1, p.pronargs) i) as defaults,
     p.prorettype::regtype::text as result, p.proretset as is_set
   from pg_proc p where p.pronamespace = 'pgque'::regnamespace and p.proname not like '\\_%'`,
);

/** What the database says, in the words of the page; who may call it is for another test. */
const actual = catalog.map(({ name, kind, names, modes, types, defaults, result, is_set }) => {
  const all = names.map((own, i) => ({ name: own, type: types[i] ?? '', mode: modes[i] }));
  return {
    name,
    parameters: all
      .filter(({ mode }) => mode === 'i')
      .map(({ mode: _, ...parameter }, i) => ({
        ...parameter,
        ...(defaults[i] == null ? {} : { default: defaults[i] }),
      })),
    result: kind === 'p' ? undefined : result,
    isSet: is_set,
    columns: all.filter(({ mode }) => mode !== 'i').map(({ mode: _, ...column }) => column),
    roles: [],
  } satisfies PageFunction;
});

const bySignature = (functions: readonly PageFunction[]): Record<string, PageFunction> =>
  Object.fromEntries(functions.map((each) => [signatureOf(each), each]));

/** The same in words that do not depend on how a default is written. */
async function comparable({ roles: _, ...each }: PageFunction) {
  const parameters = [];
  for (const { default: initial, ...parameter } of each.parameters) {
    const value = initial && (await scalar(session, `select (${initial})::${parameter.type}::text`));
    parameters.push({ ...parameter, default: value });
  }
  return { ...each, parameters };
}

test('the page and the database have the same functions', () => {
  expect(pageFunctions.map(signatureOf).toSorted()).toEqual(actual.map(signatureOf).toSorted());
});

test.each(Object.entries(bySignature(pageFunctions)))(
  'the database has the parameters, defaults and result of %s',
  async (signature, onPage) => {
    const inDatabase = bySignature(actual)[signature];
    expect(inDatabase && (await comparable(inDatabase))).toEqual(await comparable(onPage));
  },
);

test('the page and the database have the same settings of a queue, with the same defaults', async () => {
  const table = [...pageText.matchAll(/^\| `(\w+)` +\| `(.*?)` +\|/gm)].map(([, name, initial]) => [name, initial]);
  await database.query(`select pgque.create_queue('plain')`);
  const settings = await database.query<{ key: string; value: string | null; type: string }>(
    `select c.key, c.value, s.type from jsonb_each_text(pgque.get_queue_config('plain')) c
     join pgque._queue_settings() s on s.name = c.key`,
  );
  expect(table.map(([name]) => name).toSorted()).toEqual(settings.map(({ key }) => key).toSorted());
  for (const [name, initial] of table) {
    const setting = settings.find(({ key }) => key === name);
    const written = initial === 'NULL' ? null : initial;
    expect(await scalar(database, `select $1::${setting?.type}::text`, [written]), name).toBe(
      await scalar(database, `select $1::${setting?.type}::text`, [setting?.value]),
    );
  }
});

test('every role that the page names is one, and every function has one but that of the owner', async () => {
  const roles = new Set(pageFunctions.flatMap((each) => each.roles));
  expect([...roles].toSorted()).toEqual(['pgque_admin', 'pgque_reader', 'pgque_writer']);
  expect(pageFunctions.filter((each) => each.roles.length === 0).map(signatureOf)).toEqual(['uninstall()']);
});
