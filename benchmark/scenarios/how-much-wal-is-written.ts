import type { Scenario } from '../harness/scenario.ts';
import { walWritten } from '../harness/workloads/wal.ts';
import { graphileWorker, pgBoss, pgmq, pgq, pgque, skipLocked } from '../peers/index.ts';

const points = [{}];

export const howMuchWalIsWritten: Scenario = {
  name: 'how-much-wal-is-written',
  question: 'How much write-ahead log does an event cost, and doing nothing?',
  how:
    'From Node events are sent in batches of 1,000 and consumed until all are acknowledged: bytes of WAL per event. Then ' +
    'everything goes on running and nothing is sent: what an hour of that would write.',
  metrics: [
    { key: 'perEvent', title: 'per event, sent and consumed', unit: 'B', better: 'less' },
    { key: 'idlePerHour', title: 'idle, per hour', unit: 'KiB', better: 'less', axis: 'symlog' },
  ],
  sides: [pgque, pgq, pgBoss, graphileWorker, pgmq, skipLocked],
  workload: walWritten,
  scales: {
    tiny: { rounds: 1, points, parameters: { events: 200, settleSeconds: 0.1, idleSeconds: 0.1 } },
    quick: { rounds: 1, points, parameters: { events: 5000, settleSeconds: 0.5, idleSeconds: 0.5 } },
    normal: { rounds: 3, points, parameters: { events: 50_000, settleSeconds: 3, idleSeconds: 20 } },
    full: { rounds: 3, points, parameters: { events: 100_000, settleSeconds: 5, idleSeconds: 120 } },
  },
  chart: { kind: 'bars' },
};
