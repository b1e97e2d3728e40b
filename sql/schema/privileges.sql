-- Nothing is PUBLIC; readers may look at every table. What a role may call is granted beside each function.
revoke all on all routines in schema pgque from public;
revoke all on all tables in schema pgque from public;
revoke all on all sequences in schema pgque from public;
grant select on all tables in schema pgque to pgque_reader;
grant select on all sequences in schema pgque to pgque_reader;
