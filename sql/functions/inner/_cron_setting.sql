-- A setting of pg_cron; NULL when pg_cron is not loaded, or when only superusers may read its settings.
create or replace function pgque._cron_setting(name text) returns text
language plpgsql stable as $$
begin
  return current_setting(name, true);
exception when insufficient_privilege then
  return null;
end
$$;
