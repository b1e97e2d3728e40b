// Concatenates the sources of the engine into pgque.sql, the one file that people install. With --check it only
// compares, and fails on a difference. For an install of another name, which is written elsewhere:
//   node sql/build.ts --schema tenant_a [--role-prefix pgque] --output tenant_a.sql
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { checkNaming, defaultNaming, type Naming, rename } from './naming.ts';

const root = import.meta.dirname;

/** Before the tables. */
const opening = ['schema/schema', 'schema/roles'];

/**
 * Tables, with what belongs to them, and types, in the order in which they refer to each other. A file is skipped where
 * the relation that it is named for is there: what a newer version changes about that is in migrations/, except for
 * comments.
 */
const relations = [
  'config',
  'queue',
  'queue_setting',
  'event',
  'tick',
  'doorbell',
  'cursor',
  'later',
  'subscription',
  'gap',
  'dead_letter',
  'message',
];

/** Functions in language sql are checked when they are created: what they call comes first. */
const areas = [
  'inner',
  'producing',
  'consuming',
  'cooperative',
  'primitives',
  'dead_letters',
  'operating',
  'rotation',
  'scheduling',
  'looking',
  'capture',
];

/** Files that others of the same area call from language sql. */
const first = [
  'functions/inner/_queue_settings',
  'functions/inner/_state',
  'functions/producing/insert_event',
  'functions/operating/set_queue_config',
];

/** What needs the functions, and what must come last. */
const closing = ['schema/planner', 'schema/capture', 'migrations/migrate', 'schema/initial_state', 'schema/privileges'];

const header = `-- PgQue: a durable event stream inside PostgreSQL that never bloats.
-- SPDX-License-Identifier: Apache-2.0
-- Version :version, schema version :schema_version
-- Generated from sql/schema, sql/functions and sql/migrations by sql/build.ts.
-- Install, or upgrade, in one transaction: psql --single-transaction -f pgque.sql
`;

export function buildInstallScript(naming: Naming = defaultNaming): string {
  checkNaming(naming);
  const upgrade = ['functions/inner/_former_functions', 'migrations/set_aside'];
  const functions = areas
    .flatMap((area) => list(`functions/${area}`).sort((a, b) => Number(first.includes(b)) - Number(first.includes(a))))
    .filter((name) => !upgrade.includes(name));
  const migrations = list('migrations').filter((name) => /^migrations\/\d{3}-/.test(name));
  const parts = [
    ...opening.map(statements),
    ...relations.map(relation),
    ...['schema/generations', ...upgrade, ...functions, ...closing].map(statements),
  ];
  const variables: Record<string, string> = {
    ':version': JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version,
    ':schema_version': String(migrations.length),
    ':migrations': migrations.map(migration).join('\n').trim(),
    ':comments': relations.flatMap((name) => read(`schema/${name}`).match(/^comment on .+;$/gm) ?? []).join('\n'),
  };
  const script = `${header}\n${parts.join('\n')}`.replaceAll(
    /(?<!:):(version|schema_version|migrations|comments)\b/g,
    (name) => variables[name] ?? name,
  );
  return rename(script, naming);
}

function list(folder: string): string[] {
  return readdirSync(join(root, folder))
    .sort()
    .map((file) => `${folder}/${file.replace(/\.sql$/, '')}`);
}

function read(name: string): string {
  return readFileSync(join(root, `${name}.sql`), 'utf8').trim();
}

function statements(name: string): string {
  return `-- ${name}.sql\n${read(name)}\n`;
}

function relation(name: string): string {
  return `-- schema/${name}.sql
do $relation$
begin
  if pg_catalog.to_regclass('pgque.${name}') is null then
${read(`schema/${name}`)}
  end if;
end
$relation$;
`;
}

function migration(name: string, index: number): string {
  if (!name.startsWith(`migrations/${String(index + 1).padStart(3, '0')}-`)) {
    throw new Error(`${name}.sql must bear the number ${index + 1}.`);
  }
  return `    -- ${name}.sql
    if v_version < ${index + 1} then
${read(name)}
    end if;`;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      check: { type: 'boolean', default: false },
      schema: { type: 'string' },
      'role-prefix': { type: 'string' },
      output: { type: 'string' },
    },
  });
  const { schema = defaultNaming.schema, 'role-prefix': rolePrefix = schema, output, check } = values;
  try {
    const script = buildInstallScript({ schema, rolePrefix });
    const isDefault = schema === defaultNaming.schema && rolePrefix === defaultNaming.rolePrefix;
    if (!output && !isDefault) throw new Error('Other names need --output <file>.');
    const target = output ?? join(root, 'pgque.sql');
    if (!check) {
      writeFileSync(target, script);
    } else if (readFileSync(target, 'utf8') !== script) {
      throw new Error(`${target} differs from its sources: run "pnpm --filter @pgque/sql build".`);
    }
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
