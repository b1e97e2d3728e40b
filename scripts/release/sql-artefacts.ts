import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The engine as psql installs it, and for servers that have pg_tle, as an extension that is registered by SQL. */
export function writeSql(root: string, target: string): { readonly script: string; readonly version: string } {
  const script = readFileSync(join(root, 'sql', 'pgque.sql'), 'utf8');
  const [, version = ''] = /^-- Version (\S+),/m.exec(script) ?? [];
  writeFileSync(join(target, 'pgque.sql'), script);
  writeFileSync(join(target, 'pgque-tle.sql'), toTle(script, version));
  writeFileSync(join(target, 'pgque-tle-uninstall.sql'), tleUninstall);
  return { script, version };
}

function toTle(script: string, version: string): string {
  const quote = '$pgque_tle$';
  if (script.includes(quote)) throw new Error(`the engine contains ${quote}: choose another quote`);
  return `-- PgQue ${version} as a trusted language extension: run this, then: create extension pgque;
-- SPDX-License-Identifier: Apache-2.0
select pgtle.install_extension('pgque', '${version}', 'A durable event stream that never bloats', ${quote}
${script}${quote});
`;
}

const tleUninstall = `-- Removes the extension with all queues, and takes it out of the register.
-- SPDX-License-Identifier: Apache-2.0
drop extension if exists pgque cascade;
drop schema if exists pgque cascade;
select pgtle.uninstall_extension('pgque');
`;
