// A thread without a pool around it, which burns as the handlers do: what it achieves is what the machine gives a thread.
import { parentPort } from 'node:worker_threads';
import { burn } from './burn.ts';

for (;;) {
  burn(20);
  parentPort?.postMessage('burnt');
}
