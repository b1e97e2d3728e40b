import type { Scenario } from '../harness/scenario.ts';
import { concurrentSends } from '../harness/workloads/sends.ts';
import { graphileWorker, pgBoss, pgmq, pgq, pgque, pgqueAlone, skipLocked } from '../peers/index.ts';

const points = [
  { clients: 1, bytes: 101, commit: 'on' },
  { clients: 4, bytes: 101, commit: 'on' },
  { clients: 16, bytes: 101, commit: 'on' },
  { clients: 500, bytes: 101, commit: 'on' },
  { clients: 500, bytes: 101, commit: 'off' },
  { clients: 500, bytes: 2048, commit: 'on' },
];

export const howFastAreSendsFromNode: Scenario = {
  name: 'how-fast-are-sends-from-node',
  question: 'How fast are single sends from Node?',
  how:
    'So many clients in one process each send one event after the other, and each send is a call that has been stored when it ' +
    'returns. Each peer has ten connections; `commit` is synchronous_commit.',
  metrics: [{ key: 'perSecond', title: 'events', unit: '/s', better: 'more' }],
  sides: [pgque, pgqueAlone, skipLocked, pgq, pgBoss, graphileWorker, pgmq],
  workload: concurrentSends,
  scales: {
    tiny: { rounds: 1, points: [{ clients: 16, bytes: 101, commit: 'off' }], parameters: { events: 50 } },
    quick: { rounds: 1, points: points.slice(3, 4), parameters: { events: 2000 } },
    normal: { rounds: 3, points, parameters: { events: 20_000 } },
    full: { rounds: 5, points, parameters: { events: 50_000 } },
  },
  chart: { kind: 'bars' },
};
