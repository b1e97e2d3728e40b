import { type Consumer, createConsumer, createTicker } from '@pgque/consumer';
import { Pool } from 'pg';
import { connect, consoleLogger, createClient, install } from 'pgque';
import { fromPg } from 'pgque/pg';
import { type Handle, notOpened, type OpenOptions, type OpenPeer, type Peer, queue } from './peer.ts';
import { onClient } from './sql-pool.ts';

const throughputPage = 5000;
const deafPollMs = 10;
const silent = { ...consoleLogger, warn: () => {}, error: () => {} };
const longRotationMs = 7_200_000;

export const pgque: Peer = {
  name: 'PgQue',
  kind: 'own',
  setting: 'createTicker and createConsumer as they are, maxMessages 5000',
  strength: 'nothing it does leaves a dead row, each consumer sees every event, and sends are cheap',
  fansOut: true,
  schemas: ['pgque'],
  template: 'pgque',
  notOffered: {},
  sql: {
    createQueue: (name) =>
      `select pgque.create_queue('${name}', '{"ticker_max_lag": "0 seconds", "ticker_idle_period": "1 day"}')`,
    subscribe: (name, consumer) => `select pgque.subscribe('${name}', '${consumer}')`,
    send: (name) => `perform pgque.send('${name}', 'order.created', v_payload)`,
    sendBatch: (name) => `perform pgque.send_batch('${name}', 'order.created', v_payloads)`,
    tick: () => 'select pgque.ticker()',
    readAll: read,
    readPage: read,
    acknowledge: (name, consumer, count) =>
      `select pgque.ack((select batch_id from pgque.receive('${name}', '${consumer}', ${count}) limit 1))`,
    held: () => 'select count(*) as held from pgque.event where log_id = 1',
  },
  async install(url) {
    await using client = await connect(url);
    await install(client);
    await client.createQueue(queue, { rotationPeriodMs: longRotationMs });
  },
  open: openPgque,
  version: (url) =>
    onClient(url, async (client) => {
      const { rows } = await client.query<{ version: string }>('select pgque.version() as version');
      return rows[0]?.version ?? '';
    }),
};

/** The same with each `send()` in a transaction of its own. */
export const pgqueAlone: Peer = {
  ...pgque,
  name: 'PgQue, gatherSends: false',
  setting: 'each send() a transaction of its own',
  open: (url, options) => openPgque(url, options, { gatherSends: false }),
};

/** The same through the functions that PgQ has. */
export const pgqueAsPgq: Peer = {
  ...pgque,
  name: 'PgQue, get_batch_events',
  setting: "PgQ's primitives: insert_event, next_batch, get_batch_events, finish_batch",
  sql: {
    ...pgque.sql,
    send: (name) => `perform pgque.insert_event('${name}', 'order.created', v_payload)`,
    readAll: (name, consumer) =>
      `select count(e) as read from pgque.get_batch_events((select pgque.next_batch('${name}', '${consumer}'))) e`,
    acknowledge: (name, consumer) => `select pgque.finish_batch(pgque.next_batch('${name}', '${consumer}'))`,
  },
};

/** The same with a ticker that pauses for so long between ticks. */
export function pgqueTicking(ms: number): Peer {
  return {
    ...pgque,
    name: `PgQue, minInterval ${ms} ms`,
    setting: `createTicker with a minInterval of ${ms} ms`,
    open: (url, options) => openPgque(url, options, { minInterval: ms }),
  };
}

/** The same where nobody hears a notification. */
export const pgquePolling: Peer = {
  ...pgque,
  name: 'PgQue, polling',
  setting: 'no session of its own for LISTEN; a pollInterval of 10 ms',
  open: (url, options) => openPgque(url, options, { isDeaf: true }),
};

/** The pool of threads; its workloads open it themselves. */
export const pgquePool: Peer = {
  ...pgque,
  name: 'PgQue, pool of threads',
  setting: 'createPool, with concurrency 1 where nothing else is said',
  open: notOpened,
};

function read(name: string, consumer: string, count: number): string {
  return `select count(m) as read from pgque.receive('${name}', '${consumer}', ${count}) m`;
}

interface Variation {
  readonly gatherSends?: boolean;
  readonly minInterval?: number;
  readonly isDeaf?: boolean;
}

async function openPgque(url: string, options: OpenOptions, variation: Variation = {}): Promise<OpenPeer> {
  const { consumers = 1, members, takenAtOnce = throughputPage, rotationSeconds } = options;
  const { gatherSends = true, minInterval = 1, isDeaf = false } = variation;
  // Without a way to sessions of its own a client hears nothing.
  const pool = isDeaf ? new Pool({ connectionString: url }) : undefined;
  const client = pool ? createClient(fromPg(pool), { logger: silent }) : await connect({ url, gatherSends });
  if (rotationSeconds) await client.setQueueConfig(queue, { rotationPeriodMs: rotationSeconds * 1000 });
  const names = Array.from({ length: consumers }, (_, index) => `reader ${index}`);
  for (const name of names) await client.subscribe(queue, name);
  const ticker = createTicker(client, {
    minInterval,
    maintInterval: Math.min(5000, (rotationSeconds ?? 60) * 200),
  });
  await ticker.start();
  const running = new Set<Consumer>();
  const stop = async (): Promise<void> => {
    await Promise.all([...running].map((consumer) => consumer.stop()));
    running.clear();
  };
  return {
    send: (payload) => client.send(queue, { payload }),
    sendMany: (payloads) => client.sendBatch(queue, 'default', payloads),
    async consume(handle: Handle) {
      const polling = isDeaf ? { pollInterval: deafPollMs } : {};
      const sharing = members ? ({ members: 'auto' } as const) : {};
      for (const [index, name] of names.entries()) {
        for (let member = 0; member < (members ?? 1); member += 1) {
          const consumer = createConsumer(client, { queue, name, maxMessages: takenAtOnce, ...sharing, ...polling });
          consumer.on('*', (message) => handle(message.payload as object, index));
          running.add(consumer);
        }
      }
      await Promise.all([...running].map((consumer) => consumer.start()));
      return { stop };
    },
    async close() {
      await stop();
      await ticker.stop();
      await client.close();
      await pool?.end();
    },
  };
}
