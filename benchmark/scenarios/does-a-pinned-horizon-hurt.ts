import type { Scenario } from '../harness/scenario.ts';
import { pinnedHorizon } from '../harness/workloads/pinned-horizon.ts';
import { graphileWorker, pgBoss, pgmq, pgq, pgque, skipLocked } from '../peers/index.ts';

const points = [{}];
const parameters = { rate: 800, rotationSeconds: 60, sampleSeconds: 20, burst: 20_000, bursts: 3 };

export const doesAPinnedHorizonHurt: Scenario = {
  name: 'does-a-pinned-horizon-hurt',
  question: 'What does a forgotten transaction do to a queue?',
  how:
    'A REPEATABLE READ transaction that also holds a transaction id stays open while 800 events per second are sent and ' +
    'consumed: by two consumers that each see every event, or, where a queue has no such thing, by two workers that share ' +
    'them. Dead rows of all tables by pgstattuple, sizes with indexes; capacity is what is delivered per second out of bursts ' +
    'that had to wait, before and after.',
  metrics: [
    { key: 'dead', title: 'dead rows', unit: '', better: 'less', axis: 'symlog' },
    { key: 'mebibytes', title: 'tables and indexes', unit: 'MiB', better: 'less' },
    { key: 'p50', title: 'delivery, p50', unit: 'ms', better: 'less', axis: 'log' },
    { key: 'p95', title: 'delivery, p95', unit: 'ms', better: 'less', axis: 'log' },
    { key: 'behind', title: 'events behind', unit: '', better: 'less', axis: 'symlog' },
    { key: 'rotations', title: 'events held, in rotation periods', unit: '', better: 'less', isComparable: false },
    { key: 'capacity', title: 'capacity', unit: '/s', better: 'more', axis: 'log' },
  ],
  sides: [pgque, pgBoss, graphileWorker, skipLocked, pgq, pgmq],
  workload: pinnedHorizon,
  scales: {
    tiny: {
      rounds: 1,
      points,
      parameters: { rate: 100, rotationSeconds: 1, sampleSeconds: 0.3, burst: 50, bursts: 1, seconds: 0.6 },
    },
    quick: {
      rounds: 1,
      points,
      parameters: { ...parameters, rotationSeconds: 1, sampleSeconds: 1, burst: 2000, bursts: 1, seconds: 4 },
    },
    normal: { rounds: 1, points, parameters: { ...parameters, rotationSeconds: 5, sampleSeconds: 5, seconds: 60 } },
    full: { rounds: 1, points, parameters: { ...parameters, seconds: 1800 } },
  },
  chart: { kind: 'lines', x: 'minutes', title: 'minutes' },
  claims: [
    { text: 'dead rows in all tables', must: 0, judge: { kind: 'most', metric: 'dead', own: pgque.name } },
    {
      text: 'events held, in rotation periods',
      must: 3,
      judge: { kind: 'most', metric: 'rotations', own: pgque.name },
    },
    {
      text: 'storage at the end, against the start',
      must: 1.5,
      judge: { kind: 'growth', metric: 'mebibytes', own: pgque.name, along: 'minutes' },
    },
    {
      text: 'capacity at the end, against the start',
      must: 0.95,
      bound: 'at least',
      judge: { kind: 'growth', metric: 'capacity', own: pgque.name, along: 'minutes' },
    },
    {
      text: 'delivery (p50) at the end, against the start',
      must: 1.05,
      judge: { kind: 'growth', metric: 'p50', own: pgque.name, along: 'minutes' },
    },
  ],
};
