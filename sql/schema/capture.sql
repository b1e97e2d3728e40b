-- Whose rights the capture triggers have. Their arguments may hold SQL of whoever created the trigger, and the types of a
-- row may bring functions of their own: none of that may run with the rights of the engine's owner. Nor need the user who
-- writes to the table be a pgque_writer. So they run as pgque_capture, a role that may what pgque_writer may, as must
-- whoever creates such a trigger.
-- An installer who may not give functions to that role, because another made it, leaves them with the rights of the user
-- who writes to the table; that one must be a pgque_writer then.
do $$
declare
  v_functions constant regprocedure[] := array(
    select p.oid from pg_catalog.pg_proc p
    where p.pronamespace = 'pgque'::regnamespace
      and (p.proname like '\_capture%' or p.proname in ('jsontriga', 'logutriga', 'sqltriga')));
  v_function regprocedure;
begin
  begin
    if not pg_catalog.pg_has_role('pgque_capture', 'usage') then
      execute pg_catalog.format('grant pgque_capture to %I', current_user);
    end if;
    grant create on schema pgque to pgque_capture;
    foreach v_function in array v_functions loop
      execute pg_catalog.format('alter function %s owner to pgque_capture', v_function);
    end loop;
    revoke create on schema pgque from pgque_capture;
    alter function pgque.jsontriga() security definer;
    alter function pgque.logutriga() security definer;
    alter function pgque.sqltriga() security definer;
  exception when insufficient_privilege then
    raise warning 'capture triggers will need pgque_writer of the users who write to a table'
      using hint = pg_catalog.format('Install again after: grant pgque_capture to %I', current_user);
    foreach v_function in array v_functions loop
      execute pg_catalog.format('grant execute on function %s to pgque_writer', v_function);
    end loop;
  end;
end
$$;
