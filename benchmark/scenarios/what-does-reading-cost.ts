import type { Scenario } from '../harness/scenario.ts';
import { readAll } from '../harness/workloads/server-side.ts';
import { graphileWorker, pgBoss, pgmq, pgq, pgque, pgqueAsPgq, plainRead, skipLocked } from '../peers/index.ts';

const points = [{}];

export const whatDoesReadingCost: Scenario = {
  name: 'what-does-reading-cost',
  question: 'What does an event cost the server when all that waits is read at once?',
  how:
    'One statement in the server reads and counts everything that waits: whole rows, in order. A queue that claims rows ' +
    'claims them here; a tick and an acknowledgement are not measured. The tables were vacuumed and are in memory.',
  metrics: [{ key: 'microseconds', title: 'per event', unit: 'µs', better: 'less' }],
  sides: [plainRead, pgque, pgqueAsPgq, pgq, pgmq, skipLocked, graphileWorker, pgBoss],
  workload: readAll,
  majors: 'all',
  scales: {
    tiny: { rounds: 1, points, parameters: { events: 100 } },
    quick: { rounds: 1, points, parameters: { events: 20_000 } },
    normal: { rounds: 5, points, parameters: { events: 100_000 } },
    full: { rounds: 7, points, parameters: { events: 100_000 } },
  },
  chart: { kind: 'bars' },
  claims: [
    {
      text: 'receive of 100,000, against SELECT … WHERE ev_txid … ORDER BY ev_id of the same rows',
      must: 3.5,
      aim: 2,
      judge: { kind: 'ratio', metric: 'microseconds', own: pgque.name, other: plainRead.name },
    },
  ],
};
