import { randomBytes } from 'node:crypto';
import { createConsumer } from '@pgque/consumer';
import type { Command } from 'commander';
import type { Client, Message } from 'pgque';
import { toCount, toStart } from '../parse.ts';
import { type Printer, toJson } from '../printer.ts';
import { withSession } from '../session.ts';
import { untilSignal } from '../until-signal.ts';

interface TailOptions {
  readonly from: ReturnType<typeof toStart>;
  readonly limit?: number;
}

const prefix = 'pgque-tail-';
/** The idle tick of a queue moves those that live; this one was killed. */
const deadMs = 600_000;

export function addTailCommand(program: Command): void {
  program
    .command('tail')
    .description('print what is sent to a queue; its consumers do not notice')
    .argument('<queue>')
    .option('--from <position>', 'latest, earliest or a time', toStart, 'latest')
    .option('--limit <count>', 'stop after so many', toCount)
    .addHelpText('after', '\nIt reads as a consumer of its own, which it unsubscribes at the end.')
    .action(
      withSession<TailOptions>(({ client, printer }, [queue = ''], options) => tail(client, printer, queue, options)),
    );
}

async function tail(client: Client, printer: Printer, queue: string, { from, limit }: TailOptions): Promise<void> {
  await removeDead(client, queue);
  const name = `${prefix}${randomBytes(4).toString('hex')}`;
  const full = new AbortController();
  let printed = 0;
  const consumer = createConsumer(client, { queue, name, startAt: from, maxMessages: 1000 });
  consumer.on('*', (message) => {
    if (full.signal.aborted) return;
    printer.line(printer.isJson ? toJson(message) : line(message));
    printed += 1;
    if (printed === limit) full.abort();
  });
  // Whoever reads has enough, as `head` has: what is left subscribed would hold up the rotation of the queue.
  const end = (): void => full.abort();
  process.stdout.once('error', end);
  try {
    await consumer.run({ signal: AbortSignal.any([untilSignal(), full.signal]) });
  } finally {
    process.stdout.off('error', end);
    await client.unsubscribe(queue, name, { discardRetries: true }).catch(({ message }: Error) => {
      process.stderr.write(`${name} may still be subscribed to ${queue}: ${message}\n`);
    });
  }
}

async function removeDead(client: Client, queue: string): Promise<void> {
  await client.getQueueConfig(queue);
  for (const { consumer, lastSeenMs } of await client.consumerStats(queue)) {
    if (!consumer.startsWith(prefix) || (lastSeenMs ?? 0) < deadMs) continue;
    await client.unsubscribe(queue, consumer, { discardRetries: true }).catch(() => {});
  }
}

function line({ msgId, createdAt, type, rawPayload }: Message): string {
  return `${createdAt.toISOString()}  ${msgId}  ${type ?? '-'}  ${rawPayload ?? 'NULL'}`;
}
