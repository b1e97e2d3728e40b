-- Functions of earlier versions that are still there: they are gone from this one, or their parameters or results have
-- changed. Calls that are under way during an upgrade may need them, so that they are dropped later: see
-- _drop_former_functions(). is_replaced says that this version has one of the same name, which takes the calls of the
-- former one as well; that one gets another name meanwhile.
create or replace function pgque._former_functions(out function regprocedure, out is_replaced boolean) returns setof record
language sql stable as $$
  select f.function, f.is_replaced
  from (
    select pg_catalog.to_regprocedure('pgque.' || l.signature), l.is_replaced
    from (values
      ('_count_batch(pgque.cursor)', false),
      ('_due_ats(bigint[], interval[], text[])', true),
      ('_give_back(bigint, bigint[], timestamptz[], text[], integer)', true),
      ('_next_window(pgque.cursor, integer)', true),
      ('_tick(integer)', true),
      ('nack(bigint, bigint[], interval[], text[])', true),
      ('settle(bigint, bigint[], interval[], text[])', true)) l (signature, is_replaced)
    union all
    select p.oid, false
    from pg_catalog.pg_proc p
    where p.pronamespace = 'pgque'::regnamespace and p.proname operator(pg_catalog.~) '^_former_[0-9]+$') f (function, is_replaced)
  where f.function is not null
$$;
