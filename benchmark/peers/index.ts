import { bareRead } from './bare-read.ts';
import { bareCopy, bareInsert, bareInsertSelect, plainRead } from './bare-table.ts';
import { graphileWorker, graphileWorkerLocalQueue } from './graphile-worker.ts';
import type { Peer } from './peer.ts';
import { pgBoss } from './pg-boss.ts';
import { pgmq } from './pgmq.ts';
import { pgq } from './pgq.ts';
import { pgque, pgqueAlone, pgqueAsPgq, pgquePolling, pgquePool, pgqueTicking } from './pgque.ts';
import { skipLocked } from './skip-locked.ts';

export {
  bareCopy,
  bareInsert,
  bareInsertSelect,
  bareRead,
  graphileWorker,
  graphileWorkerLocalQueue,
  pgBoss,
  pgmq,
  pgq,
  pgque,
  pgqueAlone,
  pgqueAsPgq,
  pgquePolling,
  pgquePool,
  pgqueTicking,
  plainRead,
  skipLocked,
};

/** What people would pick instead. */
export const queues: readonly Peer[] = [pgBoss, graphileWorker, pgq, pgmq, skipLocked];
