// Says how its threads end: [closed, ended from within, started, rounds], in numbers that it
// shares with the test.
import { workerData } from 'node:worker_threads';
import { defineHandlers } from '../../src/define-handlers.ts';

const counts = workerData as Int32Array;
Atomics.add(counts, 2, 1);
// Nobody calls this in a thread that is terminated.
process.on('exit', () => Atomics.add(counts, 1, 1));
// What keeps a thread alive that would end by itself.
setInterval(() => {}, 1000);

let served = 0;
export const handlers = defineHandlers(
  {
    fine: () => {
      served += 1;
      return served;
    },
    'an endless loop': () => {
      for (;;) Atomics.add(counts, 3, 1);
    },
    'a handler that never ends': () => new Promise(() => setInterval(() => Atomics.add(counts, 3, 1))),
  },
  { close: () => void Atomics.add(counts, 0, 1) },
);
