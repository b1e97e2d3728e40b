-- Moves the rotation of the three shared logs by one phase each; returns how many moved.
create or replace function pgque._rotate_shared_logs() returns integer
language plpgsql volatile as $$
begin
  return pgque._rotate_shared_log(1, 'tick') + pgque._rotate_shared_log(2, 'cursor') + pgque._rotate_shared_log(3, 'later');
end
$$;
