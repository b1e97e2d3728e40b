import type { Scenario } from '../harness/scenario.ts';
import { consumption } from '../harness/workloads/consumption.ts';
import { bareRead, graphileWorker, pgBoss, pgmq, pgq, pgque, skipLocked } from '../peers/index.ts';

const points = [{ commit: 'on' }, { commit: 'off' }];

export const howFastIsConsumptionFromNode: Scenario = {
  name: 'how-fast-is-consumption-from-node',
  question: 'How fast does one Node process consume?',
  how:
    'Events wait, and a handler that does nothing is called for each, which is acknowledged. The clock runs from the first ' +
    'twentieth to the last; each event must be handled exactly once. `commit` is synchronous_commit.',
  metrics: [{ key: 'perSecond', title: 'events', unit: '/s', better: 'more' }],
  sides: [bareRead, pgque, pgq, pgBoss, graphileWorker, pgmq, skipLocked],
  workload: consumption,
  scales: {
    tiny: { rounds: 1, points: points.slice(1), parameters: { events: 200 } },
    quick: { rounds: 1, points: points.slice(0, 1), parameters: { events: 10_000 } },
    normal: { rounds: 3, points, parameters: { events: 100_000 } },
    full: { rounds: 5, points, parameters: { events: 100_000 } },
  },
  chart: { kind: 'bars' },
};
