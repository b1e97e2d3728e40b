update pgque.tick t set owed_by = array(select pg_snapshot_xip(t.snapshot))
from pgque.queue q
where q.queue_id = t.queue_id and (q.external_ticker or t.event_seq <> t.id_floor) and t.owed_by = '{}';
