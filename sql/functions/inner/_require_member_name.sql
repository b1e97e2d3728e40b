-- Raises invalid_argument (QU005) unless both names are fit for a cooperative consumer and its member: a member is listed
-- as <consumer>.<member>, so neither may have a dot.
create or replace function pgque._require_member_name(consumer text, subconsumer text) returns void
language plpgsql immutable as $$
begin
  if consumer is null or subconsumer is null or consumer = '' or subconsumer = ''
    or strpos(consumer, '.') > 0 or strpos(subconsumer, '.') > 0 then
    raise exception 'names of consumer and member must not be null or empty, nor have a dot' using
      errcode = 'QU005', detail = concat_ws(', ', coalesce(consumer, 'NULL'), coalesce(subconsumer, 'NULL')),
      hint = 'A member is listed as <consumer>.<member>.';
  end if;
end
$$;
