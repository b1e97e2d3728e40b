-- One row for each part of the install, with a status (info, scheduled, stopped, unavailable) and a sentence.
create or replace function pgque.status() returns table (component text, status text, detail text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return query select 'postgresql', 'info', pg_catalog.version();
  return query select 'pgque', 'info', pgque.version();
  if exists (select from pg_extension e where e.extname = 'pg_cron') then
    return query select 'pg_cron', 'info', 'pg_cron ' || e.extversion || ' is installed' from pg_extension e where e.extname = 'pg_cron';
  else
    return query select 'pg_cron', 'unavailable',
      'pg_cron not installed -- call pgque.ticker(), pgque.maint() and pgque.maint_retry_events() from your application';
  end if;
  return query select 'queues', 'info', count(*) || ' queues configured' from pgque.queue;
  return query select 'consumers', 'info', count(*) || ' active subscriptions' from pgque.subscription;
end
$$;

comment on function pgque.status() is 'One row for each part of the install';
grant execute on function pgque.status() to pgque_admin;
