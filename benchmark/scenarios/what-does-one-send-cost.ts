import type { Scenario } from '../harness/scenario.ts';
import { sendLoop } from '../harness/workloads/server-side.ts';
import { bareInsert, graphileWorker, pgBoss, pgmq, pgq, pgque, pgqueAsPgq, skipLocked } from '../peers/index.ts';

const points = [{ bytes: 101 }, { bytes: 2048 }];

export const whatDoesOneSendCost: Scenario = {
  name: 'what-does-one-send-cost',
  question: 'What does one send cost the server?',
  how: 'A loop in PL/pgSQL sends one event per statement, all in one transaction: what a call costs without network and without disk.',
  metrics: [{ key: 'microseconds', title: 'per event', unit: 'µs', better: 'less' }],
  sides: [bareInsert, pgque, pgqueAsPgq, skipLocked, pgq, pgmq, graphileWorker, pgBoss],
  workload: sendLoop,
  majors: 'all',
  scales: {
    tiny: { rounds: 1, points: points.slice(0, 1), parameters: { calls: 100 } },
    quick: { rounds: 1, points: points.slice(0, 1), parameters: { calls: 5000 } },
    normal: { rounds: 5, points, parameters: { calls: 20_000 } },
    full: { rounds: 7, points, parameters: { calls: 20_000 } },
  },
  chart: { kind: 'bars' },
  claims: [
    {
      text: 'send in a server-side loop, against a bare INSERT into the same table',
      must: 3,
      aim: 2.2,
      judge: { kind: 'ratio', metric: 'microseconds', own: pgque.name, other: bareInsert.name, at: { bytes: 101 } },
    },
  ],
};
