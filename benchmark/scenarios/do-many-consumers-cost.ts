import type { Scenario } from '../harness/scenario.ts';
import { manyConsumers } from '../harness/workloads/growth.ts';
import { pgmq, pgq, pgque, skipLocked } from '../peers/index.ts';

const points = [{}];

export const doManyConsumersCost: Scenario = {
  name: 'do-many-consumers-cost',
  question: 'Do many consumers of one queue cost more than one?',
  how:
    'One queue has one consumer, then ten, then a hundred, each of which is to see every event. What is measured is the same ' +
    'as with many queues.',
  metrics: [
    { key: 'idleTick', title: 'a tick when nothing was sent', unit: 'ms', better: 'less', axis: 'log' },
    { key: 'tick', title: 'a tick when one queue has events', unit: 'ms', better: 'less', axis: 'log' },
    { key: 'tickBytes', title: 'WAL of such a tick', unit: 'B', better: 'less', axis: 'log' },
    { key: 'read', title: 'a page of 100, acknowledged', unit: 'ms', better: 'less', axis: 'log' },
  ],
  sides: [pgque, pgq, skipLocked, pgmq],
  workload: manyConsumers,
  scales: {
    tiny: { rounds: 1, points, parameters: { leastConsumers: 1, mostConsumers: 1 } },
    quick: { rounds: 1, points, parameters: { leastConsumers: 1, mostConsumers: 10 } },
    normal: { rounds: 1, points, parameters: { leastConsumers: 1, mostConsumers: 100 } },
    full: { rounds: 3, points, parameters: { leastConsumers: 1, mostConsumers: 100 } },
  },
  chart: { kind: 'lines', x: 'consumers', title: 'consumers', isLog: true },
  claims: [
    {
      text: 'a page of 100 with the most consumers, against one with a single consumer',
      must: 1.25,
      aim: 1.1,
      judge: { kind: 'growth', metric: 'read', own: pgque.name, along: 'consumers' },
    },
  ],
};
