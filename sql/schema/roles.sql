-- Roles belong to the whole cluster: another database may be creating or granting them right now, which is no error.
do $$
declare
  v_role name;
begin
  foreach v_role in array array['pgque_reader', 'pgque_writer', 'pgque_admin']::name[] loop
    begin
      if not exists (select from pg_catalog.pg_roles where rolname = v_role) then
        execute pg_catalog.format('create role %I nologin', v_role);
      end if;
    exception when duplicate_object or unique_violation then
      null;
    end;
  end loop;

  foreach v_role in array array['pgque_reader', 'pgque_writer']::name[] loop
    for v_attempt in 1 .. 10 loop
      begin
        exit when exists (
          select from pg_catalog.pg_auth_members m
          where m.roleid = v_role::regrole and m.member = 'pgque_admin'::regrole);
        execute pg_catalog.format('grant %I to pgque_admin', v_role);
        exit;
      exception when unique_violation or internal_error then  -- "tuple concurrently updated" is XX000
        if v_attempt = 10 then
          raise;
        end if;
        perform pg_catalog.pg_sleep(0.02 * v_attempt);
      end;
    end loop;
  end loop;
end
$$;

grant usage on schema pgque to pgque_reader, pgque_writer, pgque_admin;
