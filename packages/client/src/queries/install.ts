import type { EngineVersion } from '../engine-file.ts';
import { toBoolean, toNumber, toText } from './decode.ts';
import { type Statement, single } from './statement.ts';

/** Locks nothing, so that it may be asked before `lock`. */
export function isInstalled(): Statement<boolean> {
  return {
    text: `
      select exists (
        select from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
        where n.nspname = 'pgque' and p.proname = 'version') as result`,
    values: [],
    read: single(toBoolean),
  };
}

/** The oldest installs do not know their schema version. */
export function installedVersion(): Statement<EngineVersion> {
  return {
    text: `
      select pgque.version() as version, coalesce((pg_catalog.to_jsonb(c) ->> 'schema_version')::integer, 0) as schema_version
      from pgque.config c`,
    values: [],
    read: ([row]) => ({ version: toText(row?.['version']), schemaVersion: toNumber(row?.['schema_version']) }),
  };
}

/** The lock that installs take, until the transaction ends, however long others have it. */
export function lock(): Statement<void> {
  return {
    text: `
      do $$
      declare
        v_lock_timeout constant text := pg_catalog.current_setting('lock_timeout');
      begin
        perform pg_catalog.set_config('lock_timeout', '0', true);
        perform pg_catalog.pg_advisory_xact_lock(7170, 1);
        perform pg_catalog.set_config('lock_timeout', v_lock_timeout, true);
      end
      $$`,
    values: [],
    read: () => undefined,
  };
}

/** Before anything else of a transaction; a transaction that has begun otherwise refuses it. */
export function seeNewestCommits(): Statement<void> {
  return { text: 'set transaction isolation level read committed', values: [], read: () => undefined };
}

export function statementTimeout(): Statement<string> {
  return { text: "select pg_catalog.current_setting('statement_timeout') as result", values: [], read: single(toText) };
}

/** Until the transaction ends. */
export function setStatementTimeout(timeout: string): Statement<string> {
  return {
    text: "select pg_catalog.set_config('statement_timeout', $1::text, true) as result",
    values: [timeout],
    read: single(toText),
  };
}

/**
 * The script as one statement, which drivers that prepare everything take as well. An error is raised again without its
 * context, which would be the whole script.
 */
export function run(script: string): Statement<void> {
  return {
    text: `
      do $pgque_install$
      declare
        v_detail text;
        v_hint text;
      begin
        execute $pgque_script$${script}$pgque_script$;
      exception when others then
        get stacked diagnostics v_detail = pg_exception_detail, v_hint = pg_exception_hint;
        raise exception using errcode = sqlstate, message = sqlerrm, detail = v_detail, hint = v_hint;
      end
      $pgque_install$`,
    values: [],
    read: () => undefined,
  };
}
