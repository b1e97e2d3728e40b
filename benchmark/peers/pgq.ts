import { NotOffered } from './not-offered.ts';
import { type Peer, queue } from './peer.ts';
import { poll, together } from './poll.ts';
import { extensionVersion, onClient, SqlPool } from './sql-pool.ts';

const pollMs = 10;
const tickMs = { throughput: 10, latency: 10, steady: 100 };

/** The original, of Skype, with its C extension. */
export const pgq: Peer = {
  name: 'PgQ',
  kind: 'queue',
  setting:
    'ticker() in a loop every 10 ms, every 100 ms in runs of minutes, maint_operations() as it asks for; ' +
    'consumers poll every 10 ms; many events as one INSERT_EVENT … FROM unnest',
  strength:
    'twenty years in production, replication (londiste) built on it, and the C extension makes insert_event fast',
  fansOut: true,
  schemas: ['pgq'],
  template: 'pgq',
  extension: { name: 'pgq', debian: 'postgresql-15-pgq3' },
  notOffered: { readPage: 'a batch is read whole, or through a cursor' },
  sql: {
    createQueue: (name) =>
      `select pgq.create_queue('${name}'), pgq.set_queue_config('${name}', 'ticker_max_lag', '0'),
         pgq.set_queue_config('${name}', 'ticker_idle_period', '1 day')`,
    subscribe: (name, consumer) => `select pgq.register_consumer('${name}', '${consumer}')`,
    send: (name) => `perform pgq.insert_event('${name}', 'order.created', v_payload)`,
    sendBatch: (name) => `perform pgq.insert_event('${name}', 'order.created', p) from unnest(v_payloads) p`,
    tick: () => 'select pgq.ticker()',
    readAll: (name, consumer) =>
      `select count(e) as read from pgq.get_batch_events((select pgq.next_batch('${name}', '${consumer}'))) e`,
    acknowledge: (name, consumer) => `select pgq.finish_batch(pgq.next_batch('${name}', '${consumer}'))`,
    held: () => 'select count(*) as held from pgq.event_1',
  },
  install: (url) =>
    onClient(url, async (client) => {
      await client.query('create extension pgq');
      await client.query('select pgq.create_queue($1)', [queue]);
      await client.query(`select pgq.set_queue_config($1, 'ticker_max_lag', '0')`, [queue]);
      await client.query(`select pgq.set_queue_config($1, 'rotation_period', '2 hours')`, [queue]);
    }),
  async open(url, { goal, consumers = 1, members, rotationSeconds }) {
    if (members) throw new NotOffered('members of one consumer need the extension pgq_coop');
    const pool = new SqlPool(url);
    if (rotationSeconds) {
      await pool.query(`select pgq.set_queue_config($1, 'rotation_period', $2)`, [queue, `${rotationSeconds} seconds`]);
    }
    const names = Array.from({ length: consumers }, (_, index) => `reader ${index}`);
    for (const name of names) await pool.query('select pgq.register_consumer($1, $2)', [queue, name]);
    const ticker = poll(tickMs[goal], async () => {
      await pool.query('select pgq.ticker()');
      return 0;
    });
    const upkeep = poll(Math.min(5000, (rotationSeconds ?? 60) * 200), async () => {
      await maintain(pool);
      return 0;
    });
    return {
      send: (payload) => pool.query(`select pgq.insert_event($1, 'default', $2)`, [queue, JSON.stringify(payload)]),
      sendMany: (payloads) =>
        pool.query(`select pgq.insert_event($1, 'default', p) from unnest($2::text[]) p`, [
          queue,
          payloads.map((payload) => JSON.stringify(payload)),
        ]),
      consume: async (handle) =>
        together(
          names.map((name, index) =>
            poll(pollMs, async () => {
              const [next] = await pool.query<{ batch: string | null }>('select pgq.next_batch($1, $2) as batch', [
                queue,
                name,
              ]);
              if (!next?.batch) return 0;
              const events = await pool.query<{ ev_data: string }>('select * from pgq.get_batch_events($1)', [
                next.batch,
              ]);
              for (const event of events) await handle(JSON.parse(event.ev_data) as object, index);
              await pool.query('select pgq.finish_batch($1)', [next.batch]);
              return 1;
            }),
          ),
        ),
      async close() {
        await Promise.all([ticker.stop(), upkeep.stop()]);
        await pool.end();
      },
    };
  },
  version: (url) => extensionVersion(url, 'pgq'),
};

/** What pgqd does: each function that the extension names, with its argument, until it answers 0; vacuum is left to the server. */
async function maintain(pool: SqlPool): Promise<void> {
  const operations = await pool.query<{ func_name: string; func_arg: string | null }>(
    'select func_name, func_arg from pgq.maint_operations()',
  );
  for (const { func_name: name, func_arg: argument } of operations) {
    if (name === 'vacuum') continue;
    if (argument === null) await pool.query(`select ${name}()`);
    else await pool.query(`select ${name}($1)`, [argument]);
  }
}
