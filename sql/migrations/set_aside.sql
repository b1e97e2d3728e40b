-- Functions of earlier versions that are gone, or whose parameters or results have changed.
drop function if exists pgque._due_ats(bigint[], interval[], text[]);
drop function if exists pgque._give_back(bigint, bigint[], timestamptz[], text[], integer);
drop function if exists pgque._tick(integer);
drop function if exists pgque.nack(bigint, bigint[], interval[], text[]);
drop function if exists pgque.settle(bigint, bigint[], interval[], text[]);
