-- Raises invalid_trigger (QU020) when a capture trigger was created so that it cannot do its work.
create or replace function pgque._capture_check(op text, timing text, level text, skips boolean) returns void
language plpgsql immutable as $$
begin
  if level = 'STATEMENT' and op <> 'TRUNCATE' then
    raise exception 'a capture trigger fires for each row' using
      errcode = 'QU020', hint = 'Create it FOR EACH ROW; only TRUNCATE is captured FOR EACH STATEMENT.';
  end if;
  if skips and (timing = 'AFTER' or op = 'TRUNCATE') then
    raise exception 'a trigger with SKIP fires before the row changes' using
      errcode = 'QU020', hint = 'Create it BEFORE INSERT, UPDATE or DELETE, FOR EACH ROW.';
  end if;
end
$$;
