import { rows } from '../support/rows.ts';
import type { Session } from '../support/session.ts';

/** Between the transaction ids of the cluster that the dump came from, and those of this one. */
const distance = 1_000_000;

/**
 * Leaves the database as the restore into a younger cluster does: every transaction id that is stored lies in the future,
 * all by the same distance.
 */
export async function transplant(session: Session): Promise<void> {
  await rows(
    session,
    `create function pg_temp.shifted(xid8) returns xid8 language sql as $$
       select ($1::text::bigint + ${distance})::text::xid8 $$;
     create function pg_temp.shifted(xid8[]) returns xid8[] language sql as $$
       select array(select pg_temp.shifted(x) from unnest($1) x) $$;
     create function pg_temp.shifted(pg_snapshot) returns pg_snapshot language sql as $$
       select format('%s:%s:%s', pg_temp.shifted(pg_snapshot_xmin($1)), pg_temp.shifted(pg_snapshot_xmax($1)),
         (select string_agg(pg_temp.shifted(x)::text, ',' order by x) from pg_snapshot_xip($1) x))::pg_snapshot
       where $1 is not null $$;
     update pgque.event set ev_txid = pg_temp.shifted(ev_txid);
     update pgque.later set txid = pg_temp.shifted(txid);
     update pgque.tick set snapshot = pg_temp.shifted(snapshot), owed_by = pg_temp.shifted(owed_by);
     update pgque.cursor set snapshot = pg_temp.shifted(snapshot), next_snapshot = pg_temp.shifted(next_snapshot);
     drop function pg_temp.shifted(xid8), pg_temp.shifted(xid8[]), pg_temp.shifted(pg_snapshot)`,
  );
}
