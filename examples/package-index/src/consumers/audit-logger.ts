import type { Message, Transaction } from 'pgque';
import { parseTag } from '../event-tag.ts';
import { queueName } from '../queue.ts';
import { type ConsumerContext, noteSettled, pageSize, takeTurns } from './consumer.ts';

/**
 * Writes every event to a table exactly once: receive, write and ack are one transaction, so whatever ends it halfway
 * takes all three back.
 */
export async function runAuditLogger(context: ConsumerContext, signal: AbortSignal): Promise<void> {
  /** Written by a transaction of which nobody knows yet whether its commit took effect. */
  let unconfirmed: readonly Message[] = [];

  const logPage = async (): Promise<number> => {
    const page = await context.client.transaction(async (tx) => {
      const messages = await tx.receive(queueName, 'audit_logger', pageSize);
      // receive() has waited for the end of the transaction before: how that ended can be seen now.
      if (await isLogged(tx, unconfirmed[0])) noteSettled(unconfirmed, context);
      unconfirmed = [];
      const [first] = messages;
      if (first === undefined) return messages;
      await write(tx, messages);
      await tx.ack(first.batchId);
      unconfirmed = messages;
      return messages;
    });
    unconfirmed = [];
    noteSettled(page, context);
    return page.length;
  };

  await takeTurns(() => context.persistence.insist(logPage), context, signal);
}

async function write(tx: Transaction, messages: readonly Message[]): Promise<void> {
  const tags = messages.map(({ extra1 }) => parseTag(extra1));
  await tx.query(
    `insert into package_index.audit_log (run_id, position, event_id, type, payload)
     select * from unnest($1::integer[], $2::bigint[], $3::bigint[], $4::text[], $5::text[])`,
    [
      tags.map(({ runId }) => runId),
      tags.map(({ position }) => position),
      messages.map(({ msgId }) => String(msgId)),
      messages.map(({ type }) => type),
      messages.map(({ rawPayload }) => rawPayload),
    ],
  );
}

async function isLogged(tx: Transaction, message: Message | undefined): Promise<boolean> {
  if (message === undefined) return false;
  const rows = await tx.query('select from package_index.audit_log where event_id = $1 limit 1', [
    String(message.msgId),
  ]);
  return rows.length > 0;
}
