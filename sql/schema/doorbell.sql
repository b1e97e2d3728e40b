-- The doorbell of a ticker that sleeps: until which second since 1970 it wants to be rung; 0: nobody sleeps. A sequence,
-- because producers read it with each event: that needs no snapshot, and costs a fraction of a microsecond. It expires,
-- so that a ticker that died asleep does not make producers ring for ever.
create sequence if not exists pgque.doorbell minvalue 0 start 0;
