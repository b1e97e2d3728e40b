-- Roles belong to the whole cluster: another database may be creating or granting them right now, which is no error.
-- pgque_capture is for nobody to be a member of: see schema/capture.sql.
do $$
declare
  v_role name;
  v_member name;
begin
  foreach v_role in array array['pgque_reader', 'pgque_writer', 'pgque_admin', 'pgque_capture']::name[] loop
    begin
      if not exists (select from pg_catalog.pg_roles where rolname = v_role) then
        execute pg_catalog.format('create role %I nologin', v_role);
      end if;
    exception when duplicate_object or unique_violation then
      null;
    end;
  end loop;

  for v_role, v_member in
    values ('pgque_reader', 'pgque_admin'), ('pgque_writer', 'pgque_admin'), ('pgque_writer', 'pgque_capture')
  loop
    for v_attempt in 1 .. 10 loop
      begin
        exit when exists (
          select from pg_catalog.pg_auth_members m
          where m.roleid = v_role::regrole and m.member = v_member::regrole);
        execute pg_catalog.format('grant %I to %I', v_role, v_member);
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
