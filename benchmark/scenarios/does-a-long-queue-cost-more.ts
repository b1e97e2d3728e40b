import type { Scenario } from '../harness/scenario.ts';
import { longQueue } from '../harness/workloads/growth.ts';
import { pgmq, pgq, pgque, skipLocked } from '../peers/index.ts';

const points = [{}];

export const doesALongQueueCostMore: Scenario = {
  name: 'does-a-long-queue-cost-more',
  question: 'Does an event cost more when millions wait?',
  how:
    'One queue is filled to ten times as many events at each step, and nobody consumes them. At each step a loop in the ' +
    'server sends 2,000 events one by one, and the oldest 100 are read and acknowledged twenty times, of which the median counts.',
  metrics: [
    { key: 'send', title: 'one send', unit: 'µs', better: 'less', axis: 'log' },
    { key: 'read', title: 'a page of 100, acknowledged', unit: 'ms', better: 'less', axis: 'log' },
  ],
  sides: [pgque, skipLocked, pgq, pgmq],
  workload: longQueue,
  scales: {
    tiny: { rounds: 1, points, parameters: { leastEvents: 2500, mostEvents: 2500 } },
    quick: { rounds: 1, points, parameters: { leastEvents: 10_000, mostEvents: 100_000 } },
    normal: { rounds: 1, points, parameters: { leastEvents: 10_000, mostEvents: 1_000_000 } },
    full: { rounds: 3, points, parameters: { leastEvents: 10_000, mostEvents: 10_000_000 } },
  },
  chart: { kind: 'lines', x: 'events', title: 'events that wait', isLog: true },
  claims: [
    {
      text: 'a send when the most events wait, against one when 10,000 do',
      must: 1.25,
      aim: 1.1,
      judge: { kind: 'growth', metric: 'send', own: pgque.name, along: 'events' },
    },
    {
      text: 'a page of 100 when the most events wait, against one when 10,000 do',
      must: 1.25,
      aim: 1.1,
      judge: { kind: 'growth', metric: 'read', own: pgque.name, along: 'events' },
    },
  ],
};
