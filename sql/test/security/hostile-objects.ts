/**
 * SQL that fills schema `hostile` with everything a user could set as a trap: functions named like those of pg_catalog
 * and of pgque that the engine calls, operators for every pair of types that it compares, and temporary tables named
 * like ours. Each trap says "captured" when it is sprung. Run as the user who will set search_path to it.
 */
export const hostileObjects = `
do $do$
declare
  v record;
begin
  -- Functions that sources of the engine name, with the very same arguments, and those of the engine itself.
  for v in
    select p.proname, pg_get_function_identity_arguments(p.oid) as arguments,
      (select string_agg(format_type(t, null), ', ' order by i) from unnest(p.proargtypes::oid[]) with ordinality a (t, i)) as types
    from pg_proc p
    where p.prokind = 'f' and not 2276 = any (p.proargtypes::oid[]) and not 2281 = any (p.proargtypes::oid[])
      and not exists (select from unnest(p.proargtypes::oid[]) t join pg_type y on y.oid = t where y.typtype = 'p')
      and (p.pronamespace = 'pgque'::regnamespace
        or p.pronamespace = 'pg_catalog'::regnamespace and exists (
          select from pg_proc o
          where o.pronamespace = 'pgque'::regnamespace and o.prosrc ~ ('\\m' || p.proname || '\\(')))
  loop
    execute format('create or replace function hostile.%I(%s) returns text language plpgsql as $f$
      begin raise warning ''captured''; raise exception ''captured''; end $f$', v.proname, coalesce(v.types, ''));
  end loop;
  -- The variadic ones can be overtaken by more specific ones, which the search_path does not even matter for.
  for v in select unnest(array['text', 'text, text', 'text, bigint', 'text, text, text', 'text, text, bigint, text',
      'text, text, bigint, integer', 'text, text, bigint, boolean', 'text, integer, text']) as types
  loop
    execute format('create or replace function hostile.format(%s) returns text language plpgsql as $f$
      begin raise warning ''captured''; raise exception ''captured''; end $f$', v.types);
  end loop;
  for v in
    select o.oprname, format_type(o.oprleft, null) as l, format_type(o.oprright, null) as r
    from pg_operator o
    where o.oprnamespace = 'pg_catalog'::regnamespace and o.oprkind = 'b'
      and o.oprname in ('=', '<>', '<', '>', '<=', '>=', '+', '-', '*', '%', '||', '->', '->>')
      and o.oprleft = any (array['int2', 'int4', 'int8', 'text', 'name', 'bool', '"char"', 'timestamptz', 'interval', 'xid8',
        'oid', 'jsonb', 'pg_lsn']::regtype[])
      and o.oprright = any (array['int2', 'int4', 'int8', 'text', 'name', 'bool', '"char"', 'timestamptz', 'interval', 'xid8',
        'oid', 'jsonb', 'pg_lsn']::regtype[])
  loop
    execute format('create or replace function hostile.trap(%s, %s) returns boolean language plpgsql as $f$
      begin raise warning ''captured''; raise exception ''captured''; end $f$', v.l, v.r);
    execute format('create operator hostile.%s (leftarg = %s, rightarg = %s, function = hostile.trap)', v.oprname, v.l, v.r);
  end loop;
  -- Tables of ours, as temporary ones and in the path: an unqualified name would find these.
  for v in select c.relname from pg_class c where c.relnamespace = 'pgque'::regnamespace and c.relkind in ('r', 'p', 'S') loop
    execute format('create temp table %I (captured text)', v.relname);
    execute format('create table hostile.%I (captured text)', v.relname);
  end loop;
end
$do$`;
