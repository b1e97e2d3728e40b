import type { Scenario } from '../harness/scenario.ts';
import { batchLoop } from '../harness/workloads/server-side.ts';
import { bareCopy, bareInsertSelect, graphileWorker, pgBoss, pgmq, pgq, pgque, skipLocked } from '../peers/index.ts';

const points = [{ size: 10 }, { size: 100 }, { size: 1000 }];

export const whatDoesABatchOfSendsCost: Scenario = {
  name: 'what-does-a-batch-of-sends-cost',
  question: 'What does an event cost the server when many are sent in one call?',
  how: 'A loop in PL/pgSQL sends batches of so many events, each in one statement, all in one transaction.',
  metrics: [{ key: 'microseconds', title: 'per event', unit: 'µs', better: 'less' }],
  sides: [bareInsertSelect, bareCopy, pgque, skipLocked, pgq, pgmq, graphileWorker, pgBoss],
  workload: batchLoop,
  majors: 'all',
  scales: {
    tiny: { rounds: 1, points: points.slice(0, 1), parameters: { events: 100 } },
    quick: { rounds: 1, points: points.slice(2), parameters: { events: 20_000 } },
    normal: { rounds: 5, points, parameters: { events: 100_000 } },
    full: { rounds: 7, points, parameters: { events: 100_000 } },
  },
  chart: { kind: 'lines', x: 'size', title: 'events per call', isLog: true },
  claims: [
    {
      text: 'send_batch of 1,000, against a bare INSERT … SELECT unnest into the same table',
      must: 1.25,
      aim: 1.1,
      judge: {
        kind: 'ratio',
        metric: 'microseconds',
        own: pgque.name,
        other: bareInsertSelect.name,
        at: { size: 1000 },
      },
    },
  ],
};
