import { workerData } from 'node:worker_threads';

Atomics.add(workerData as Int32Array, 0, 1);
throw new Error('broken after it was counted');
