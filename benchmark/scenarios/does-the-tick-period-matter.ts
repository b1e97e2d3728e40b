import type { Scenario } from '../harness/scenario.ts';
import { delivery } from '../harness/workloads/delivery.ts';
import { pgque, pgquePolling, pgqueTicking } from '../peers/index.ts';

const points = [{ rate: 100 }, { rate: 1000 }];

export const doesTheTickPeriodMatter: Scenario = {
  name: 'does-the-tick-period-matter',
  question: 'What do the tick period and LISTEN do to delivery?',
  how:
    'The same as from send to handler: with the ticker as it is, with one that pauses for longer between ticks, and where ' +
    'neither ticker nor consumer hears notifications, as behind a pooler.',
  metrics: [
    { key: 'p50', title: 'p50', unit: 'ms', better: 'less', axis: 'log' },
    { key: 'p95', title: 'p95', unit: 'ms', better: 'less', axis: 'log' },
    { key: 'p99', title: 'p99', unit: 'ms', better: 'less', axis: 'log' },
  ],
  sides: [pgque, pgqueTicking(10), pgqueTicking(100), pgquePolling],
  workload: delivery,
  scales: {
    tiny: { rounds: 1, points: points.slice(0, 1), parameters: { seconds: 0.1, warmUpSeconds: 0.05 } },
    quick: { rounds: 1, points: points.slice(0, 1), parameters: { seconds: 1, warmUpSeconds: 0.5 } },
    normal: { rounds: 3, points, parameters: { seconds: 10, warmUpSeconds: 2 } },
    full: { rounds: 5, points, parameters: { seconds: 20, warmUpSeconds: 5 } },
  },
  chart: { kind: 'bars' },
};
