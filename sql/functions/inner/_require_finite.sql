-- The time itself; raises invalid_argument (QU005) when it is NULL or infinite.
create or replace function pgque._require_finite(retry_time timestamptz) returns timestamptz
language plpgsql immutable as $$
begin
  if retry_time is null or not isfinite(retry_time) then
    raise exception 'retry time must be finite' using errcode = 'QU005', hint = 'Pass a number of seconds or a time.';
  end if;
  return retry_time;
end
$$;
