import type { Scenario } from '../harness/scenario.ts';
import { nackEach } from '../harness/workloads/retries.ts';
import { pgque } from '../peers/index.ts';

const points = [{ size: 200 }, { size: 2000 }, { size: 20_000 }];

export const doesARetryCostMoreInALargeBatch: Scenario = {
  name: 'does-a-retry-cost-more-in-a-large-batch',
  question: 'Does giving back one message cost more in a large batch?',
  how: 'Messages of an open batch of so many are given back one by one, as they are received.',
  metrics: [{ key: 'each', title: 'per message', unit: 'µs', better: 'less' }],
  sides: [pgque],
  workload: nackEach,
  majors: 'all',
  scales: {
    tiny: { rounds: 1, points: [{ size: 100 }], parameters: { calls: 10 } },
    quick: { rounds: 1, points, parameters: { calls: 100 } },
    normal: { rounds: 5, points, parameters: { calls: 200 } },
    full: { rounds: 7, points, parameters: { calls: 200 } },
  },
  chart: { kind: 'lines', x: 'size', title: 'messages of the batch', isLog: true },
  claims: [
    {
      text: 'nack of one message of a 20,000-message batch, against one of a batch of 200',
      must: 2,
      aim: 1.1,
      judge: { kind: 'growth', metric: 'each', own: pgque.name, along: 'size' },
    },
  ],
};
