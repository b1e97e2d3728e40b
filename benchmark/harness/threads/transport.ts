import { Worker } from 'node:worker_threads';

/** How a payload can go to a thread that is to have its value. */
export const forms = ['cloned', 'as text', 'transferred'] as const;
export type Form = (typeof forms)[number];

const inFlight = 8;

/** Payloads per second that a thread has got the value of, when the parent has received it as text and parsed it. */
export async function measureTransport(form: Form, payload: unknown, ms: number): Promise<number> {
  const text = JSON.stringify(payload);
  const encoder = new TextEncoder();
  const worker = new Worker(new URL('./transport-thread.ts', import.meta.url), { workerData: form });
  const post = (): void => {
    if (form === 'transferred') {
      const bytes = encoder.encode(text);
      worker.postMessage({ bytes }, [bytes.buffer]);
    } else {
      worker.postMessage(form === 'cloned' ? { payload, rawPayload: text } : { rawPayload: text });
    }
  };
  const result = Promise.withResolvers<number>();
  let count = -1000;
  let startedAt = Number.NaN;
  worker.on('error', result.reject);
  worker.on('message', () => {
    count += 1;
    if (count === 0) startedAt = performance.now();
    const elapsedMs = performance.now() - startedAt;
    if (elapsedMs >= ms) result.resolve((count / elapsedMs) * 1000);
    post();
  });
  for (let index = 0; index < inFlight; index += 1) post();
  const rate = await result.promise;
  await worker.terminate();
  return rate;
}
