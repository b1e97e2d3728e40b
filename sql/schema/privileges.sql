-- Nothing is PUBLIC; readers may look at every table. What a role may call is granted beside each function.
revoke all on all routines in schema pgque from public;

-- Asked first, because rotation, which needs no lock of this, writes to the same rows of pg_class.
do $$
declare
  v_relation regclass;
begin
  for v_relation in
    select c.oid from pg_catalog.pg_class c
    where c.relnamespace = 'pgque'::regnamespace and c.relkind in ('r', 'p', 'S')
      and exists (select from pg_catalog.aclexplode(c.relacl) a where a.grantee = 0)
  loop
    execute pg_catalog.format('revoke all on %s from public', v_relation);
  end loop;
  for v_relation in
    select c.oid from pg_catalog.pg_class c
    where c.relnamespace = 'pgque'::regnamespace and c.relkind in ('r', 'p', 'S')
      and not exists (
        select from pg_catalog.aclexplode(c.relacl) a
        where a.grantee = 'pgque_reader'::regrole and a.privilege_type = 'SELECT')
  loop
    execute pg_catalog.format('grant select on %s to pgque_reader', v_relation);
  end loop;
end
$$;
