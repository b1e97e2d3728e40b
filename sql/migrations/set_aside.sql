-- A former function that is in the way of a new one of its name makes room. Not dropped: it may be running.
do $$
declare
  v_function regprocedure;
begin
  for v_function in select f.function from pgque._former_functions() f where f.is_replaced loop
    execute pg_catalog.format('alter routine %s rename to %I', v_function, '_former_' || v_function::oid);
  end loop;
end
$$;
