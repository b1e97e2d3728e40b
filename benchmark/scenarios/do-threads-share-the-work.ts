import type { Scenario } from '../harness/scenario.ts';
import { poolRate } from '../harness/threads/thread-workloads.ts';
import { pgquePool } from '../peers/index.ts';

const points = ['burn', 'wait'].flatMap((work) => [1, 2, 4, 8].map((threads) => ({ work, threads })));

export const doThreadsShareTheWork: Scenario = {
  name: 'do-threads-share-the-work',
  question: 'How does a pool of threads scale?',
  how: 'A handler in a thread burns 20 ms of CPU, or waits for 50 ms, per message. More threads than cores help only those that wait.',
  metrics: [{ key: 'perSecond', title: 'messages', unit: '/s', better: 'more' }],
  sides: [pgquePool],
  workload: poolRate,
  scales: {
    tiny: {
      rounds: 1,
      points: [{ work: 'wait', threads: 1 }],
      parameters: { events: 100, warmUpSeconds: 0.1, seconds: 0.2 },
    },
    quick: { rounds: 1, points: points.slice(0, 2), parameters: { events: 1000, warmUpSeconds: 0.3, seconds: 0.7 } },
    normal: { rounds: 3, points, parameters: { events: 5000, warmUpSeconds: 1, seconds: 3 } },
    full: { rounds: 5, points, parameters: { events: 10_000, warmUpSeconds: 1, seconds: 10 } },
  },
  chart: { kind: 'lines', x: 'threads', title: 'threads', isLog: true },
};
