import type { Scenario } from '../harness/scenario.ts';
import { payloadTransport } from '../harness/threads/thread-workloads.ts';
import { forms } from '../harness/threads/transport.ts';
import { pgquePool } from '../peers/index.ts';

// Rows of about 100 bytes.
const points = [1, 100, 10_000].flatMap((rows) => forms.map((form) => ({ rows, form })));

export const howDoPayloadsReachAThread: Scenario = {
  name: 'how-do-payloads-reach-a-thread',
  question: 'How does a payload best reach a thread?',
  how:
    'The parent has the payload as text, and the thread is to have its value: cloned, as text, or as bytes that are ' +
    'transferred. So many rows of about 100 bytes each; eight payloads are on their way at once. There is no queue in between.',
  metrics: [{ key: 'perSecond', title: 'payloads', unit: '/s', better: 'more', axis: 'log' }],
  sides: [pgquePool],
  workload: payloadTransport,
  scales: {
    tiny: { rounds: 1, points: points.slice(1, 2), parameters: { seconds: 0.05 } },
    quick: { rounds: 1, points: points.slice(3, 6), parameters: { seconds: 0.2 } },
    normal: { rounds: 3, points, parameters: { seconds: 1 } },
    full: { rounds: 5, points, parameters: { seconds: 3 } },
  },
  chart: { kind: 'bars' },
};
