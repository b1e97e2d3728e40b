import { readFile } from 'node:fs/promises';
import { connectClient, DebianCluster } from '@pgque/testing';
import { afterAll, expect, test } from 'vitest';
import { rows } from '../support/rows.ts';

const cluster = await DebianCluster.start({ extension: 'plpgsql_check' });
afterAll(() => client.end());
const client = await connectClient(cluster.url);
await client.query(await readFile(new URL('../../pgque.sql', import.meta.url), 'utf8'));
await client.query('create extension plpgsql_check');

interface Finding {
  function: string;
  level: string;
  message: string;
}

/** Findings that are meant to be, each with its reason. */
const accepted: { function: string; message: RegExp; reason: string }[] = [
  {
    function: '_capture_evaluate',
    message: /^(text type variable is not sanitized|routine is marked as VOLATILE)/,
    reason: 'the expression is SQL of who created the trigger, and runs without the rights of the engine',
  },
  {
    function: '_is_slot_quiet',
    message: /^routine is marked as VOLATILE/,
    reason: 'it must see commits that came after the calling statement began',
  },
  {
    function: '_is_slot_seen',
    message: /^routine is marked as VOLATILE/,
    reason: 'it must see commits that came after the calling statement began',
  },
  { function: 'seek', message: /^name of parameter "to" is reserved/, reason: 'the name is part of the API' },
  { function: '_lock_slot', message: /^routine is marked as VOLATILE/, reason: 'it takes a lock by dynamic SQL' },
  {
    function: '_move_slot',
    message: /^text type variable is not sanitized/,
    reason: 'the expressions are made by _rebase_events and _rebase_later, of literals of their own',
  },
  {
    function: '_newest_event_xid',
    message: /^routine is marked as VOLATILE/,
    reason: 'it must see commits that came after the calling statement began',
  },
  {
    function: '_newest_snapshot',
    message: /^routine is marked as VOLATILE/,
    reason: 'in a stable function the snapshot would be that of the calling statement',
  },
  { function: '_retry_txids', message: /^routine is marked as VOLATILE/, reason: 'it reads a slot by dynamic SQL' },
  {
    function: '_retry_txids',
    message: /^text type variable is not sanitized/,
    reason: 'slot and condition are made by _batch_query of numbers and identifiers of our own',
  },
  { function: '_rotated_away', message: /^routine is marked as VOLATILE/, reason: 'it raises, and must not be folded' },
  { function: '_unmoved', message: /^OUT variable/, reason: 'its rows come from dynamic SQL' },
  {
    function: '_with_own_xid',
    message: /^routine is marked as VOLATILE/,
    reason: 'whether this transaction has an id changes within a statement',
  },
  {
    function: 'get_batch_cursor',
    message: /^routine is marked as VOLATILE/,
    reason: 'it opens a cursor by dynamic SQL',
  },
  { function: 'get_batch_cursor', message: /^OUT variable/, reason: 'its rows come from dynamic SQL' },
  { function: 'get_batch_events', message: /^OUT variable/, reason: 'its rows come from dynamic SQL' },
  {
    function: '_slots_with_retries',
    message: /^routine is marked as VOLATILE/,
    reason: 'it reads slots by dynamic SQL',
  },
  {
    function: '_slots_with_retries',
    message: /^the expression is not SQL injection safe/,
    reason: 'the slots are named by _batch_query, of numbers of our own',
  },
  { function: 'set_queue_config', message: /^routine is marked as VOLATILE/, reason: 'it updates by dynamic SQL' },
  {
    function: 'set_queue_config',
    message: /^text type variable is not sanitized/,
    reason: 'type and range come from _queue_settings(), constants of our own; the value is a parameter',
  },
  ...['_check_schedulers', 'start', 'status', 'stop'].map((name) => ({
    function: name,
    message: /^(relation "cron\.job"|schema "cron") does not exist$/,
    reason: 'pg_cron is not in this database, and then they do not come this far',
  })),
];

const found = await rows<Finding>(
  client,
  `select p.proname as function, c.level, c.message
   from pg_proc p
   cross join lateral plpgsql_check_function_tb(p.oid,
     case p.prorettype when 'trigger'::regtype then 'pgque.dead_letter'::regclass else 0 end,
     anyelememttype => 'pgque.message', fatal_errors => false, other_warnings => true,
     extra_warnings => true, performance_warnings => true, security_warnings => true) c
   where p.pronamespace = 'pgque'::regnamespace and p.prolang = (select oid from pg_language where lanname = 'plpgsql')
   order by 1, c.lineno`,
);

const isAccepted = (finding: Finding): boolean =>
  accepted.some((entry) => entry.function === finding.function && entry.message.test(finding.message));

test('plpgsql_check finds nothing but what is accepted', () => {
  expect(found.filter((finding) => !isAccepted(finding))).toEqual([]);
});

test('everything accepted is still found', () => {
  const stale = accepted.filter(
    (entry) => !found.some((finding) => finding.function === entry.function && entry.message.test(finding.message)),
  );
  expect(stale).toEqual([]);
});

test('plpgsql_check would find a mistake', async () => {
  await client.query(`
    create function pgque.mistaken() returns integer language plpgsql as $$
    begin return (select no_such_column from pgque.queue); end $$`);
  const mistakes = await rows<Finding>(client, `select message from plpgsql_check_function_tb('pgque.mistaken()')`);
  expect(mistakes.map(({ message }) => message)).toContain('column "no_such_column" does not exist');
});
