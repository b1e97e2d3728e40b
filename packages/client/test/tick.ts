import type { Operations } from '../src/index.ts';

/** Makes what was sent before visible to consumers: two statements, each a transaction of its own. */
export async function tick(client: Operations, queue: string): Promise<void> {
  await client.forceNextTick(queue);
  await client.ticker();
}

/** A queue with one subscription, and a batch of these payloads open for it. */
export async function openBatch(client: Operations, queue: string, payloads: readonly unknown[]) {
  await client.createQueue(queue);
  await client.subscribe(queue, 'processor');
  await client.sendBatch(queue, 'default', payloads);
  await tick(client, queue);
  const messages = await client.receive(queue, 'processor', 1000);
  const batchId = messages[0]?.batchId;
  if (batchId === undefined) throw new Error('the tick has delivered nothing');
  return { messages, batchId };
}
