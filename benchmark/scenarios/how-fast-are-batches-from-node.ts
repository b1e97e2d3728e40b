import type { Scenario } from '../harness/scenario.ts';
import { batchSends } from '../harness/workloads/sends.ts';
import { graphileWorker, pgBoss, pgmq, pgq, pgque, skipLocked } from '../peers/index.ts';

const points = [
  { size: 10, commit: 'on' },
  { size: 100, commit: 'on' },
  { size: 1000, commit: 'on' },
  { size: 1000, commit: 'off' },
];

export const howFastAreBatchesFromNode: Scenario = {
  name: 'how-fast-are-batches-from-node',
  question: 'How fast are batches of sends from Node?',
  how: 'One process sends batches of so many events, four calls in flight; `commit` is synchronous_commit.',
  metrics: [{ key: 'perSecond', title: 'events', unit: '/s', better: 'more' }],
  sides: [pgque, skipLocked, pgq, pgBoss, graphileWorker, pgmq],
  workload: batchSends,
  scales: {
    tiny: { rounds: 1, points: [{ size: 10, commit: 'off' }], parameters: { events: 50 } },
    quick: { rounds: 1, points: points.slice(2, 3), parameters: { events: 10_000 } },
    normal: { rounds: 3, points, parameters: { events: 50_000 } },
    full: { rounds: 5, points, parameters: { events: 200_000 } },
  },
  chart: { kind: 'bars' },
};
