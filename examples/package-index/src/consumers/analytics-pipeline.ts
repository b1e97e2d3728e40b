import { packageOf } from '../package-manifest.ts';
import { printable } from '../printable.ts';
import { queueName } from '../queue.ts';
import { type ConsumerContext, noteSettled, pageSize, takeTurns } from './consumer.ts';

const maxNames = 1_000;
const otherName = 'other';

/** Events by licence. Beyond a thousand names the rest is counted together: memory has an end, input may not. */
export class LicenceCounts {
  readonly #counts = new Map<string, number>();

  add(licence: string): void {
    const name = this.#counts.has(licence) || this.#counts.size < maxNames ? licence : otherName;
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  /** The most frequent first. */
  ranking(): [name: string, count: number][] {
    return [...this.#counts].sort(([, a], [, b]) => b - a);
  }
}

/** Counts the licences of packages. A lost connection costs nothing: receive() and ack() may both be called again. */
export function runAnalyticsPipeline(
  context: ConsumerContext,
  licences: LicenceCounts,
  signal: AbortSignal,
): Promise<void> {
  return takeTurns(() => countPage(context, licences), context, signal);
}

async function countPage(context: ConsumerContext, licences: LicenceCounts): Promise<number> {
  const { client, persistence } = context;
  const messages = await persistence.insist(() => client.receive(queueName, 'analytics_pipeline', pageSize));
  const [first] = messages;
  if (first === undefined) return 0;
  await persistence.insist(() => client.ack(first.batchId));
  for (const { payload } of messages) licences.add(printable(packageOf(payload).licence, 40));
  noteSettled(messages, context);
  return messages.length;
}
