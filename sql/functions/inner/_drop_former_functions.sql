-- Drops what an upgrade has left for the calls that were under way: called an hour later.
create or replace function pgque._drop_former_functions() returns void
language plpgsql volatile as $$
declare
  v_function regprocedure;
begin
  for v_function in select f.function from pgque._former_functions() f loop
    execute format('drop routine %s', v_function);
  end loop;
  update pgque.config set upgraded_at = null;
end
$$;
