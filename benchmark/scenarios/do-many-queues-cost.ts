import type { Scenario } from '../harness/scenario.ts';
import { manyQueues } from '../harness/workloads/growth.ts';
import { pgmq, pgq, pgque, skipLocked } from '../peers/index.ts';

const points = [{}];

export const doManyQueuesCost: Scenario = {
  name: 'do-many-queues-cost',
  question: 'Do many queues cost more than one?',
  how:
    'There are ten times as many queues at each step. At each step all are ticked twenty times at rest, twenty times after ' +
    'ten events were sent to one of them, and that one is read twenty times; medians count.',
  metrics: [
    { key: 'idleTick', title: 'a tick when nothing was sent', unit: 'ms', better: 'less', axis: 'log' },
    { key: 'tick', title: 'a tick when one queue has events', unit: 'ms', better: 'less', axis: 'log' },
    { key: 'tickBytes', title: 'WAL of such a tick', unit: 'B', better: 'less', axis: 'log' },
    { key: 'read', title: 'a page of 100, acknowledged', unit: 'ms', better: 'less', axis: 'log' },
  ],
  sides: [pgque, pgq, skipLocked, pgmq],
  workload: manyQueues,
  majors: 'all',
  scales: {
    tiny: { rounds: 1, points, parameters: { leastQueues: 1, mostQueues: 1 } },
    quick: { rounds: 1, points, parameters: { leastQueues: 1, mostQueues: 10 } },
    normal: { rounds: 1, points, parameters: { leastQueues: 1, mostQueues: 1000 } },
    full: { rounds: 3, points, parameters: { leastQueues: 1, mostQueues: 1000 } },
  },
  chart: { kind: 'lines', x: 'queues', title: 'queues', isLog: true },
  claims: [
    {
      text: 'an idle ticker() with 1,000 queues, in ms',
      must: 6,
      aim: 2,
      judge: { kind: 'value', metric: 'idleTick', own: pgque.name, at: { queues: 1000 } },
    },
    {
      text: 'a page of 100 with the most queues, against one with a single queue',
      must: 1.25,
      aim: 1.1,
      judge: { kind: 'growth', metric: 'read', own: pgque.name, along: 'queues' },
    },
  ],
};
