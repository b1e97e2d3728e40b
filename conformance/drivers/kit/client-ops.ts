import type { Client, Event, Nack, NackOptions, Operations, QueueConfigChange, Transaction } from 'pgque';
import type { Op, Ops } from './serve.ts';

interface Position {
  readonly queue: string;
  readonly consumer: string;
  readonly subconsumer: string;
}

type Wired<Type> = { readonly [Key in keyof Type]: Type[Key] extends bigint ? string : Type[Key] };

/** What a driver for the TypeScript client can do with `Operations`, whether a client or a transaction. */
const operations = {
  send: (on: Operations, { queue, ...event }: { queue: string } & Event) => on.send(queue, event),
  sendBatch: (on: Operations, args: { queue: string; events: readonly Event[] }) =>
    on.sendBatch(args.queue, args.events),
  insertEvent: (on: Operations, args: { queue: string; type: string; data: string } & Partial<Event>) =>
    on.insertEvent(args.queue, args.type, args.data, args.extra1, args.extra2, args.extra3, args.extra4),
  sendAt: (on: Operations, args: { queue: string; deliverAt?: string; delayMs: number } & Event) => {
    const { queue, deliverAt, delayMs, ...event } = args;
    return on.sendAt(queue, event, deliverAt === undefined ? { delayMs } : { deliverAt: new Date(deliverAt) });
  },
  cancel: (on: Operations, { id }: { id: string }) => on.cancel(BigInt(id)),
  subscribe: (on: Operations, { queue, consumer, startAt }: Position & { startAt?: string }) =>
    on.subscribe(queue, consumer, startAt === undefined ? undefined : toPosition(startAt)),
  unsubscribe: (on: Operations, { queue, consumer, ...options }: Position & { discardRetries?: boolean }) =>
    on.unsubscribe(queue, consumer, options),
  receive: (on: Operations, { queue, consumer, maxMessages }: Position & { maxMessages?: number }) =>
    on.receive(queue, consumer, maxMessages),
  ack: (on: Operations, { batchId }: { batchId: string }) => on.ack(BigInt(batchId)),
  nack: (on: Operations, { batchId, msgId, ...options }: { batchId: string; msgId: string } & NackOptions) =>
    on.nack(BigInt(batchId), { msgId: BigInt(msgId) }, options),
  nackMany: (on: Operations, { batchId, nacks }: { batchId: string; nacks: readonly Wired<Nack>[] }) =>
    on.nackMany(BigInt(batchId), nacks.map(toNack)),
  settle: (on: Operations, { batchId, nacks }: { batchId: string; nacks?: readonly Wired<Nack>[] }) =>
    on.settle(BigInt(batchId), nacks?.map(toNack)),
  seek: (on: Operations, { queue, consumer, to }: Position & { to: string }) =>
    on.seek(queue, consumer, /^\d+$/.test(to) ? BigInt(to) : toPosition(to)),
  dlqInspect: async (on: Operations, { queue, limit }: { queue: string; limit?: number }) =>
    (await on.dlq.inspect(queue, limit)).map(({ deadLetterId, rawPayload, ...letter }) => ({
      ...letter,
      id: deadLetterId,
      data: rawPayload,
    })),
  dlqReplay: (on: Operations, { id }: { id: string }) => on.dlq.replay(BigInt(id)),
  dlqReplayAll: (on: Operations, { queue }: { queue: string }) => on.dlq.replayAll(queue),
  dlqPurge: (on: Operations, { queue, ...options }: { queue: string; olderThanMs?: number }) =>
    on.dlq.purge(queue, options),
  subscribeSubconsumer: (on: Operations, args: Position & { convertNormal?: boolean }) => {
    const { queue, consumer, subconsumer, ...options } = args;
    return on.subscribeSubconsumer(queue, consumer, subconsumer, options);
  },
  unsubscribeSubconsumer: (on: Operations, args: Position & { batchHandling?: 0 | 1 }) => {
    const { queue, consumer, subconsumer, ...options } = args;
    return on.unsubscribeSubconsumer(queue, consumer, subconsumer, options);
  },
  receiveCoop: (on: Operations, args: Position & { maxMessages?: number; deadIntervalMs?: number }) => {
    const { queue, consumer, subconsumer, ...options } = args;
    return on.receiveCoop(queue, consumer, subconsumer, options);
  },
  touchSubconsumer: (on: Operations, { queue, consumer, subconsumer }: Position) =>
    on.touchSubconsumer(queue, consumer, subconsumer),
  createQueue: (on: Operations, { queue, config }: { queue: string; config?: QueueConfigChange }) =>
    on.createQueue(queue, config),
  dropQueue: (on: Operations, { queue, ...options }: { queue: string; force?: boolean }) =>
    on.dropQueue(queue, options),
  setQueueConfig: (on: Operations, { queue, config }: { queue: string; config: QueueConfigChange }) =>
    on.setQueueConfig(queue, config),
  pauseQueue: (on: Operations, { queue }: { queue: string }) => on.pauseQueue(queue),
  resumeQueue: (on: Operations, { queue }: { queue: string }) => on.resumeQueue(queue),
  ticker: (on: Operations) => on.ticker(),
  tick: (on: Operations, { queue }: { queue: string }) => on.tick(queue),
  forceNextTick: (on: Operations, { queue }: { queue: string }) => on.forceNextTick(queue),
  maint: (on: Operations) => on.maint(),
  maintRetryEvents: (on: Operations) => on.maintRetryEvents(),
  version: (on: Operations) => on.version(),
  health: (on: Operations) => on.health(),
  queueStats: (on: Operations, { queue }: { queue?: string }) => on.queueStats(queue),
  consumerStats: (on: Operations, { queue }: { queue?: string }) => on.consumerStats(queue),
  nextBatch: (on: Operations, { queue, consumer }: Position) => on.nextBatch(queue, consumer),
  getBatchEvents: async (on: Operations, { batchId }: { batchId: string }) =>
    (await on.getBatchEvents(BigInt(batchId))).map(({ eventId, rawPayload: data, type, retryCount }) => ({
      evId: eventId,
      type,
      data,
      retryCount,
    })),
  finishBatch: (on: Operations, { batchId }: { batchId: string }) => on.finishBatch(BigInt(batchId)),
  eventRetry: (on: Operations, args: { batchId: string; eventId: string; retryAfterSeconds: number }) =>
    on.eventRetry(BigInt(args.batchId), BigInt(args.eventId), args),
};

type Operation = (on: Operations, args: never) => unknown;

/** The groups of ops that every driver on the TypeScript client has. */
export const clientCapabilities = [
  'produce',
  'delay',
  'consume',
  'dead_letters',
  'cooperate',
  'operate',
  'look',
  'primitives',
  'transactions',
  'pages',
  'typed_nulls',
  'pooled',
  'reconnects',
] as const;

interface OpenTransaction {
  readonly on: Transaction;
  readonly end: (outcome: 'commit' | 'rollback') => Promise<void>;
}

class RolledBack extends Error {}

/** All ops on a client. A transaction is a callback that waits for `commit` or `rollback`. */
export function clientOps(current: () => Client): Ops {
  const transactions = new Map<string, OpenTransaction>();
  const take = (tx: string): OpenTransaction => {
    const transaction = transactions.get(tx);
    if (!transaction) throw new Error(`there is no transaction ${tx}`);
    return transaction;
  };
  const end =
    (outcome: 'commit' | 'rollback'): Op =>
    ({ tx }: { tx: string }) => {
      const transaction = take(tx);
      transactions.delete(tx);
      return transaction.end(outcome);
    };
  let count = 0;
  const begin = async (): Promise<string> => {
    count += 1;
    const tx = `tx${count}`;
    transactions.set(tx, await openTransaction(current()));
    return tx;
  };
  const query = ({ tx, text, values }: { tx: string; text: string; values: string[] }): Promise<unknown> =>
    take(tx).on.query(text, values);
  const simple = Object.entries<Operation>(operations).map(([name, operation]): [string, Op] => [
    toSnakeName(name),
    ({ tx, ...args }: { tx?: string }) => operation(tx === undefined ? current() : take(tx).on, args as never),
  ]);
  return {
    ...Object.fromEntries(simple),
    begin,
    query: async (args: never) => void (await query(args)),
    commit: end('commit'),
    rollback: end('rollback'),
    pages: (args: never) => readPages(current(), args),
  };
}

async function openTransaction(client: Client): Promise<OpenTransaction> {
  const opened = Promise.withResolvers<Transaction>();
  const outcome = Promise.withResolvers<'commit' | 'rollback'>();
  const done = client.transaction(async (on) => {
    opened.resolve(on);
    if ((await outcome.promise) === 'rollback') throw new RolledBack();
  });
  done.catch(opened.reject);
  const end = async (how: 'commit' | 'rollback'): Promise<void> => {
    outcome.resolve(how);
    await done.catch((error: unknown) => {
      if (!(error instanceof RolledBack)) throw error;
    });
  };
  return { on: await opened.promise, end };
}

/** Pages that were seen whole, up to one whose body throws. */
async function readPages(
  client: Client,
  { queue, consumer, size, failOnPage }: Position & { size?: number; failOnPage?: number },
): Promise<bigint[][]> {
  const pages: bigint[][] = [];
  try {
    for await (const { messages } of client.pages(queue, consumer, size === undefined ? {} : { size })) {
      if (pages.length + 1 === failOnPage) throw new RolledBack();
      pages.push(messages.map(({ msgId }) => msgId));
    }
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error;
  }
  return pages;
}

function toPosition(text: string): 'latest' | 'earliest' | Date {
  return text === 'latest' || text === 'earliest' ? text : new Date(text);
}

function toNack({ msgId, ...nack }: Wired<Nack>): Nack {
  return { ...nack, msgId: BigInt(msgId) };
}

function toSnakeName(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
