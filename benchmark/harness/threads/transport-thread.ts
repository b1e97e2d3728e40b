import { parentPort, workerData } from 'node:worker_threads';
import type { Form } from './transport.ts';

interface Sent {
  readonly payload?: unknown;
  readonly rawPayload?: string;
  readonly bytes?: Uint8Array;
}

const form = workerData as Form;
const decoder = new TextDecoder();

/** The handler's message has the value and the text. */
function receive({ payload, rawPayload = '', bytes }: Sent): { payload: unknown; rawPayload: string } {
  const text = bytes ? decoder.decode(bytes) : rawPayload;
  return { payload: form === 'cloned' ? payload : JSON.parse(text), rawPayload: text };
}

parentPort?.on('message', (sent: Sent) => {
  receive(sent);
  parentPort?.postMessage(0);
});
