import type { Client, Message, Transaction } from 'pgque';

/** Who handles: one of the processes of a consumer. */
export interface Recorder {
  readonly consumer: string;
  readonly process: string;
}

/** Enters messages into the ledger, in a transaction of its own or in the one of an exactly-once handler. */
export async function record(
  on: Client | Transaction,
  { consumer, process }: Recorder,
  queue: string,
  messages: readonly Message[],
): Promise<void> {
  const values = [
    queue,
    consumer,
    process,
    messages.map(({ msgId }) => msgId),
    messages.map(({ retryCount }) => (retryCount ?? 0) + 1),
  ];
  const enter = (tx: Transaction): Promise<unknown> =>
    tx.query(
      `insert into handled (queue, consumer, process, msg_id, attempt)
       select $1, $2, $3, t.msg_id, t.attempt from unnest($4::bigint[], $5::int[]) t (msg_id, attempt)`,
      values,
    );
  await ('transaction' in on ? on.transaction(enter) : enter(on));
}
