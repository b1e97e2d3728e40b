// Concatenates the sources of the engine into pgque.sql, the one file that people install. With --check it only
// compares, and fails on a difference.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = import.meta.dirname;

/** Tables and types, in the order in which they refer to each other. */
const schema = [
  'schema',
  'roles',
  'config',
  'queue',
  'queue_setting',
  'event',
  'tick',
  'generations',
  'cursor',
  'later',
  'subscription',
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
  'functions/inner/_queue_settings.sql',
  'functions/inner/_state.sql',
  'functions/producing/insert_event.sql',
  'functions/operating/set_queue_config.sql',
];

/** What needs the functions, and what must come last. */
const closing = ['planner', 'capture', 'initial_state', 'privileges'];

const header = `-- PgQue: a durable event stream inside PostgreSQL that never bloats.
-- SPDX-License-Identifier: Apache-2.0
-- Generated from sql/schema and sql/functions by sql/build.ts.
-- Install in one transaction: psql --single-transaction -f pgque.sql
`;

export function buildInstallScript(): string {
  const functions = areas.flatMap((area) =>
    readdirSync(join(root, 'functions', area))
      .sort()
      .map((file) => `functions/${area}/${file}`)
      .sort((a, b) => Number(first.includes(b)) - Number(first.includes(a))),
  );
  const files = [
    ...schema.map((name) => `schema/${name}.sql`),
    ...functions,
    ...closing.map((name) => `schema/${name}.sql`),
  ];
  const parts = files.map((file) => `-- ${file}\n${readFileSync(join(root, file), 'utf8').trim()}\n`);
  return `${header}\n${parts.join('\n')}`;
}

if (import.meta.main) {
  const target = join(root, 'pgque.sql');
  const script = buildInstallScript();
  if (!process.argv.includes('--check')) {
    writeFileSync(target, script);
  } else if (readFileSync(target, 'utf8') !== script) {
    console.error('sql/pgque.sql differs from its sources: run "pnpm --filter @pgque/sql build".');
    process.exit(1);
  }
}
