import type { Scenario } from '../harness/scenario.ts';
import { delivery } from '../harness/workloads/delivery.ts';
import { graphileWorker, graphileWorkerLocalQueue, pgBoss, pgmq, pgq, pgque, skipLocked } from '../peers/index.ts';

const points = [
  { rate: 100, consumers: 1 },
  { rate: 1000, consumers: 1 },
  { rate: 100, consumers: 4 },
  { rate: 100, consumers: 16 },
];

export const howLongUntilDelivery: Scenario = {
  name: 'how-long-until-delivery',
  question: 'How long does an event take from send to its handler?',
  how:
    'One process sends so many events per second, one by one, and handles them; each of several consumers is to see each ' +
    'event. From the call of send to the call of the handler, after a warm-up.',
  metrics: [
    { key: 'p50', title: 'p50', unit: 'ms', better: 'less', axis: 'log' },
    { key: 'p95', title: 'p95', unit: 'ms', better: 'less', axis: 'log' },
    { key: 'p99', title: 'p99', unit: 'ms', better: 'less', axis: 'log' },
  ],
  sides: [pgque, pgBoss, graphileWorker, graphileWorkerLocalQueue, pgq, pgmq, skipLocked],
  workload: delivery,
  scales: {
    tiny: {
      rounds: 1,
      points: [
        { rate: 100, consumers: 2 },
        { rate: 100, consumers: 1 },
      ],
      parameters: { seconds: 0.1, warmUpSeconds: 0.05 },
    },
    quick: { rounds: 1, points: points.slice(0, 2), parameters: { seconds: 1, warmUpSeconds: 0.5 } },
    normal: { rounds: 3, points, parameters: { seconds: 10, warmUpSeconds: 2 } },
    full: { rounds: 5, points, parameters: { seconds: 20, warmUpSeconds: 5 } },
  },
  chart: { kind: 'bars' },
};
