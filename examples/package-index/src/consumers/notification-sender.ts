import type { Message } from 'pgque';
import { parseTag } from '../event-tag.ts';
import { packageOf } from '../package-manifest.ts';
import { printable } from '../printable.ts';
import { queueName } from '../queue.ts';
import { maxRetries, retryDelayMs, stagedOutcome } from '../staged-failures.ts';
import { type ConsumerContext, noteSettled, pageSize, settle, takeTurns } from './consumer.ts';

const keptNames = 5;

/** Packages with install scripts: how many, and the latest. */
export class Flagged {
  count = 0;
  readonly latest: string[] = [];

  add(name: string): void {
    this.count += 1;
    this.latest.unshift(name);
    this.latest.length = Math.min(this.latest.length, keptNames);
  }
}

/**
 * Flags packages that run scripts when they are installed. Some of its work is made to fail, see stagedOutcome():
 * settle() gives those messages back and acknowledges the rest in one call.
 */
export function runNotificationSender(context: ConsumerContext, flagged: Flagged, signal: AbortSignal): Promise<void> {
  return takeTurns(() => notifyPage(context, flagged), context, signal);
}

async function notifyPage(context: ConsumerContext, flagged: Flagged): Promise<number> {
  const { client, persistence } = context;
  const messages = await persistence.insist(() => client.receive(queueName, 'notification_sender', pageSize));
  const [first] = messages;
  if (first === undefined) return 0;
  const failures = new Map<Message, string>();
  for (const message of messages) {
    try {
      notify(message, flagged);
    } catch (error) {
      failures.set(message, error instanceof Error ? error.message : String(error));
    }
  }
  const nacks = [...failures].map(([{ msgId }, reason]) => ({ msgId, retryAfterMs: retryDelayMs, reason }));
  await settle(first.batchId, nacks, context);
  noteSettled(messages, context, (message) => {
    if (!failures.has(message)) return 'handled';
    return (message.retryCount ?? 0) < maxRetries ? 'comes back' : 'dead';
  });
  return messages.length;
}

function notify(message: Message, flagged: Flagged): void {
  const outcome = stagedOutcome(parseTag(message.extra1));
  if (outcome === 'is poisoned') throw new Error('this event is poisoned: it fails every time');
  if (outcome === 'fails at first' && message.retryCount === null) throw new Error('the notification service is busy');
  const { name, hasInstallScript } = packageOf(message.payload);
  if (hasInstallScript) flagged.add(printable(name, 40));
}
