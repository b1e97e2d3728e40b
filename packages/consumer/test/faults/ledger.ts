import { setTimeout as delay } from 'node:timers/promises';
import { closeAtEndOfFile, type TestDatabase } from '@pgque/testing';
import { type Client, connect, isRetryable } from 'pgque';
import { expect } from 'vitest';
import { LogBook } from '../log-book.ts';

/** Events that a test sends; a long run takes more. */
export const eventCount = Number(process.env['PGQUE_FAULT_EVENTS'] ?? 1000);
/** How long a test may take on a machine that has other things to do. */
export const patienceMs = 60_000 + 100 * eventCount;

/** Where a ledger is kept. */
export type LedgerDatabase = Pick<TestDatabase, 'url' | 'query'>;

/** What became of the events that one consumer was to handle. */
export interface Account {
  readonly sent: number;
  /** Sent and committed, and never handled. */
  readonly lost: number;
  /** Handled, and never committed by who sent it. */
  readonly invented: number;
  /** Handled more than once, counted each time. */
  readonly repeated: number;
  /** What the engine still has to do. */
  readonly pending: number;
  readonly retries: number;
  readonly openBatches: number;
  readonly dead: number;
}

/** How an account looks when all is settled. */
export const settled = { lost: 0, invented: 0, pending: 0, retries: 0, openBatches: 0, dead: 0 } as const;

/**
 * What was sent to a queue and who handled it, in tables that are only appended to. An event is entered as sent in the
 * transaction that sends it, so both are there or neither is, whatever happens to the server or the sender.
 */
export class Ledger {
  readonly queue: string;
  readonly client: Client;
  readonly #database: LedgerDatabase;

  private constructor(database: LedgerDatabase, client: Client, queue: string) {
    this.queue = queue;
    this.client = client;
    this.#database = database;
  }

  /** Creates a queue, with consumers that begin at its beginning. An outage may cost more attempts than a queue allows. */
  static async open(database: LedgerDatabase, queue: string, consumers: readonly string[]): Promise<Ledger> {
    await database.query(`
      create table if not exists sent (queue text, msg_id bigint, primary key (queue, msg_id));
      create table if not exists handled (
        queue text not null, consumer text not null, msg_id bigint not null, attempt integer not null,
        process text not null, at timestamptz not null default clock_timestamp());
      create index if not exists handled_key on handled (queue, consumer, msg_id);`);
    const client = closeAtEndOfFile(await connect({ url: database.url, logger: new LogBook(), maxConnections: 3 }));
    await client.createQueue(queue, { maxRetries: 1000 });
    for (const consumer of consumers) await client.subscribe(queue, consumer);
    return new Ledger(database, client, queue);
  }

  /** Sends so many events, some in each transaction, for as long as it takes; what an outage rolls back is sent again. */
  async send(count: number, perTransaction = 50): Promise<void> {
    for (let sent = 0; sent < count; ) {
      const payloads = Array.from({ length: Math.min(perTransaction, count - sent) }, (_, index) => sent + index);
      try {
        await this.client.transaction(async (tx) => {
          const ids = await tx.sendBatch(this.queue, 'event', payloads);
          await tx.query('insert into sent select $1, unnest($2::bigint[])', [this.queue, ids]);
        });
        sent += payloads.length;
      } catch (error) {
        if (!isRetryable(error)) throw error;
        await delay(20);
      }
    }
  }

  async account(consumer: string): Promise<Account> {
    const [row] = await this.#database.query<Record<keyof Account, bigint>>(
      `with handled as materialized (select msg_id from handled where queue = $1 and consumer = $2),
         info as materialized (
           select * from pgque.get_consumer_info($1) where consumer_name = $2 or starts_with(consumer_name, $2 || '.')),
         stats as materialized (
           select * from pgque.consumer_stats($1) where consumer_name = $2 or starts_with(consumer_name, $2 || '.'))
       select (select count(*) from sent where queue = $1) as sent,
         (select count(*) from sent s where queue = $1 and not exists (select from handled h where h.msg_id = s.msg_id)) as lost,
         (select count(*) from handled h
          where not exists (select from sent s where s.queue = $1 and s.msg_id = h.msg_id)) as invented,
         (select count(*) - count(distinct msg_id) from handled) as repeated,
         (select sum(pending_events)::bigint from info) as pending,
         (select count(current_batch) from info) as "openBatches",
         (select sum(retries_pending)::bigint from stats) as retries,
         (select sum(dead_letters)::bigint from stats) as dead`,
      [this.queue, consumer],
    );
    return Object.fromEntries(Object.entries(row ?? {}).map(([key, value]) => [key, Number(value)])) as never;
  }

  /** Waits until nothing is left to do, and answers how it ended. */
  async settled(consumer: string, timeoutMs = patienceMs / 2): Promise<Account> {
    let account: Account | undefined;
    const look = async (): Promise<Account> => {
      account = await this.account(consumer);
      return account;
    };
    await expect.poll(look, { timeout: timeoutMs, interval: 50 }).toMatchObject(settled);
    return account ?? expect.fail();
  }
}

/** For numbers that only have a bound. */
export function atMost(limit: number): (count: number) => boolean {
  return (count) => count <= limit;
}
