import { type Client, openSession, type Transaction } from 'pgque';

/**
 * The hold of this process on a transaction that is open while its handlers run. The server ends the transaction when
 * nothing was heard from the process for so long: one that is frozen, or cut off from the network, must not hold up the
 * consumer for ever.
 */
export class TransactionLease {
  readonly #pid: number;
  readonly #timer: NodeJS.Timeout;

  private constructor(tx: Transaction, pid: number, leaseMs: number) {
    this.#pid = pid;
    let isAsking = false;
    this.#timer = setInterval(async () => {
      if (isAsking) return;
      isAsking = true;
      // It may have failed, or have ended; a sign of life it is all the same.
      await tx.query('select 1').catch(() => {});
      isAsking = false;
    }, leaseMs / 3);
  }

  /** At the beginning of the transaction. */
  static async take(tx: Transaction, leaseMs: number): Promise<TransactionLease> {
    const [row] = await tx.query<{ pid: number }>(
      `select pg_backend_pid() as pid, set_config('idle_in_transaction_session_timeout', $1, true)`,
      [String(Math.ceil(leaseMs))],
    );
    return new TransactionLease(tx, row?.pid ?? 0, leaseMs);
  }

  /** No more signs of life: from here on statements follow each other at once. */
  release(): void {
    clearInterval(this.#timer);
  }

  /** Ends the transaction from outside: a statement of a handler that was given up may run on. Gives up with the signal. */
  async revoke(client: Client, signal: AbortSignal): Promise<void> {
    const text = 'select pg_terminate_backend($1)';
    if (!client.direct) return void (await client.transaction((tx) => tx.query(text, [this.#pid])));
    await using session = await openSession(client.direct, signal);
    const drop = (): void => void session.close();
    if (signal.aborted) drop();
    signal.addEventListener('abort', drop, { once: true });
    await session.query(text, [this.#pid]);
    signal.removeEventListener('abort', drop);
  }
}
