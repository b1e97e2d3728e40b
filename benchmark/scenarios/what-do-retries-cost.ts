import type { Scenario } from '../harness/scenario.ts';
import { nackAll } from '../harness/workloads/retries.ts';
import { pgque } from '../peers/index.ts';

const points = [{ size: 20_000 }];

export const whatDoRetriesCost: Scenario = {
  name: 'what-do-retries-cost',
  question: 'What does it cost to give back a whole batch?',
  how: 'All messages of a batch are given back in one call; beside it stands what sending the same messages in one call took.',
  metrics: [
    { key: 'each', title: 'per message', unit: 'µs', better: 'less' },
    { key: 'toSending', title: 'against sending them', unit: 'x', better: 'less' },
  ],
  sides: [pgque],
  workload: nackAll,
  majors: 'all',
  scales: {
    tiny: { rounds: 1, points: [{ size: 100 }], parameters: {} },
    quick: { rounds: 1, points, parameters: {} },
    normal: { rounds: 5, points, parameters: {} },
    full: { rounds: 7, points, parameters: {} },
  },
  chart: { kind: 'bars' },
  claims: [
    {
      text: 'nack of all of a 20,000-message batch in one call, against sending them: both are one pass',
      must: 4,
      aim: 2,
      judge: { kind: 'value', metric: 'toSending', own: pgque.name, at: { size: 20_000 } },
    },
  ],
};
