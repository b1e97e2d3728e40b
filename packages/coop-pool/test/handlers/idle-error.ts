// Its thread dies while nothing runs in it, once.
import { workerData } from 'node:worker_threads';
import { defineHandlers } from '../../src/define-handlers.ts';

const [isDone] = [Atomics.exchange(workerData as Int32Array, 0, 1)];
if (isDone === 0) {
  setTimeout(() => {
    throw new Error('something went wrong in the background');
  }, 100);
}

export const handlers = defineHandlers({ '*': () => {} });
