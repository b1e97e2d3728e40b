-- The row type that receive() returns and nack() takes.
create type pgque.message as (
  msg_id bigint,
  batch_id bigint,
  type text,
  payload text,
  retry_count integer,
  created_at timestamptz,
  extra1 text,
  extra2 text,
  extra3 text,
  extra4 text
);

comment on type pgque.message is 'A received event; retry_count is NULL on the first delivery';
