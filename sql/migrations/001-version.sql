alter table pgque.config add column schema_version integer not null default 0, add column upgraded_at timestamptz;
