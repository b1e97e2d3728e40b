import type { Scenario } from '../harness/scenario.ts';
import { consumption } from '../harness/workloads/consumption.ts';
import { graphileWorker, pgBoss, pgmq, pgq, pgque, skipLocked } from '../peers/index.ts';

const points = [5, 250].flatMap((work) => [1, 2, 4, 8, 16].map((members) => ({ work, members })));

export const doMembersShareTheWork: Scenario = {
  name: 'do-members-share-the-work',
  question: 'Do sixteen members of a consumer do sixteen times the work of one?',
  how:
    'A handler waits for 5 or 250 ms per message, and so many members share the messages, one at a time each; a member takes at once what it handles in 100 ms. The share is ' +
    'what they did of what they could have done without a pause.',
  metrics: [
    { key: 'perSecond', title: 'messages', unit: '/s', better: 'more', axis: 'log' },
    { key: 'share', title: 'share of the possible', unit: '', better: 'more' },
  ],
  sides: [pgque, pgBoss, graphileWorker, pgmq, skipLocked, pgq],
  workload: consumption,
  scales: {
    tiny: { rounds: 1, points: [{ work: 5, members: 2 }], parameters: { seconds: 0.2 } },
    quick: { rounds: 1, points: [{ work: 5, members: 16 }], parameters: { seconds: 1 } },
    normal: { rounds: 1, points, parameters: { seconds: 10 } },
    full: { rounds: 3, points, parameters: { seconds: 20 } },
  },
  chart: { kind: 'lines', x: 'members', title: 'members', isLog: true },
  claims: [
    {
      text: 'share of the possible that 16 members reach, 250 ms of work per message',
      must: 0.9,
      aim: 0.95,
      bound: 'at least',
      judge: { kind: 'value', metric: 'share', own: pgque.name, at: { work: 250, members: 16 } },
    },
  ],
};
