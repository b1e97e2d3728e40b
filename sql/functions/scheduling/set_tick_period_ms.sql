-- Sets the pause between two ticks of ticker_loop(), which a running loop takes up at once.
-- Raises invalid_argument (QU005) unless it divides 1000.
create or replace function pgque.set_tick_period_ms(ms integer) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if ms is null or ms not between 1 and 1000 or 1000 % ms <> 0 then
    raise exception 'ms must be an exact divisor of 1000' using
      errcode = 'QU005', detail = coalesce(ms::text, 'NULL'), hint = 'Use 1, 2, 4, 5, 8, 10, 20, 25, 40, 50, 100, 125, 200, 250, 500 or 1000.';
  end if;
  update pgque.config set tick_period_ms = ms where tick_period_ms <> ms;
end
$$;

comment on function pgque.set_tick_period_ms(integer) is 'Set the pause between two ticks of ticker_loop(), in milliseconds';
grant execute on function pgque.set_tick_period_ms(integer) to pgque_admin;
