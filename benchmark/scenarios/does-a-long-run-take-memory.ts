import type { Scenario } from '../harness/scenario.ts';
import { longRunMemory } from '../harness/threads/thread-workloads.ts';
import { pgquePool } from '../peers/index.ts';

const points = [{}];

export const doesALongRunTakeMemory: Scenario = {
  name: 'does-a-long-run-take-memory',
  question: 'Does a process need more memory the longer it consumes?',
  how:
    'All events wait in one window. A process of its own hands them to two threads in pages of 1,000: at ten points, what ' +
    'a collection leaves on its heap, and the memory of the process.',
  metrics: [
    { key: 'heap', title: 'heap', unit: 'MiB', better: 'less' },
    { key: 'rss', title: 'process', unit: 'MiB', better: 'less' },
  ],
  sides: [pgquePool],
  workload: longRunMemory,
  scales: {
    tiny: { rounds: 1, points, parameters: { events: 100 } },
    quick: { rounds: 1, points, parameters: { events: 10_000 } },
    normal: { rounds: 1, points, parameters: { events: 200_000 } },
    full: { rounds: 1, points, parameters: { events: 1_000_000 } },
  },
  chart: { kind: 'lines', x: 'handled', title: 'messages handled' },
  claims: [
    {
      text: 'heap at the end, against the start',
      must: 1.25,
      judge: { kind: 'growth', metric: 'heap', own: pgquePool.name, along: 'handled' },
    },
  ],
};
