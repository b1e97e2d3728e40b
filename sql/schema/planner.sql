-- Planner settings of the functions that read logs. A plan is kept for as long as its session lives, and it may have been
-- made when the slot had just been truncated: then the planner takes a sequential scan, and a sort, for the cheapest
-- way. With index scans only, a call costs what it returns, whatever the statistics say or said. What cannot do without
-- a sequential scan gets an estimate so high that JIT compilation would start. Functions that only append are left out.
do $$
declare
  v_function regprocedure;
begin
  for v_function in
    select p.oid from pg_catalog.pg_proc p
    where p.pronamespace = 'pgque'::regnamespace and p.prosecdef and p.proname not in ('insert_event', 'send_batch')
  loop
    execute pg_catalog.format(
      'alter function %s set enable_seqscan = off set enable_bitmapscan = off set max_parallel_workers_per_gather = 0 set jit = off',
      v_function);
  end loop;
end
$$;
