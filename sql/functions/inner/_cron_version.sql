-- The version of pg_cron in this database; NULL when it is not here. A function of its own, so that tests can pretend.
create or replace function pgque._cron_version() returns text
language sql stable as $$
  select e.extversion from pg_catalog.pg_extension e where e.extname operator(pg_catalog.=) 'pg_cron'
$$;

-- Whether this version of pg_cron has schedules like '1 second'; older ones know minutes only.
create or replace function pgque._cron_has_seconds(version text) returns boolean
language sql immutable as $$
  select pg_catalog.string_to_array(pg_catalog.substring(version, '^[0-9]+(?:[.][0-9]+)*'), '.')::integer[] operator(pg_catalog.>=) '{1,5}'::integer[]
$$;
