import type { Message } from './message.ts';
import type { Operations } from './operations/operations.ts';
import type { QueueName } from './typed/queue-definition.ts';

/** Some messages of a consumer, in one batch. */
export interface Page {
  readonly batchId: bigint;
  readonly messages: readonly Message[];
}

export interface PagesOptions {
  /** Messages of a page at most. @default 1_000 */
  readonly size?: number;
}

/** Receives page after page, and acknowledges each when its reader asks for the next. */
export async function* readPages(
  operations: Operations,
  queue: QueueName,
  consumer: string,
  options: PagesOptions,
): AsyncGenerator<Page, void, undefined> {
  for (;;) {
    const messages = await operations.receive(queue, consumer, options.size ?? 1000);
    const batchId = messages[0]?.batchId;
    if (batchId === undefined) return;
    // A reader that throws, breaks or returns ends the generator here.
    yield { batchId, messages };
    await operations.ack(batchId);
  }
}
