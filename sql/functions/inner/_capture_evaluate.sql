-- The value of an expression that is an argument of a trigger, as text. It sees the columns of the row, and tg_op; for
-- TRUNCATE tg_op only. It is SQL of whoever created the trigger: see schema/capture.sql for whose rights it has.
create or replace function pgque._capture_evaluate(expression text, op text, changed anyelement) returns text
language plpgsql volatile as $$
declare
  v_value text;
begin
  -- Dynamic, because the expression is. The line break ends a comment at its end.
  if op = 'TRUNCATE' then
    execute format(E'select (%s\n)::pg_catalog.text from (select $1 as tg_op) change', expression) into v_value using op;
  else
    execute format(
      E'select (select (%s\n)::pg_catalog.text from (select ($2).*) changed) from (select $1 as tg_op) change', expression)
      into v_value using op, changed;
  end if;
  return v_value;
end
$$;
