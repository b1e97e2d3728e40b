import { type Peer, queue } from './peer.ts';
import { poll, together } from './poll.ts';
import { extensionVersion, onClient, SqlPool } from './sql-pool.ts';

const readTogether = 1000;
const invisibleSeconds = 300;
const pollMs = 10;

export const pgmq: Peer = {
  name: 'PGMQ',
  kind: 'queue',
  setting: 'read of 1,000 with a visibility timeout of 300 s, then delete; poll 10 ms',
  strength: 'works like SQS, visibility timeout and all, in SQL alone, and some managed servers have it installed',
  fansOut: false,
  schemas: ['pgmq'],
  template: 'pgmq',
  extension: { name: 'pgmq' },
  notOffered: {
    subscribe: 'consumers share the messages of a queue',
    tick: 'messages can be read at once: there is nothing to tick',
  },
  sql: {
    createQueue: (name) => `select pgmq.create('${name}')`,
    send: (name) => `perform pgmq.send('${name}', v_payload::jsonb)`,
    sendBatch: (name) => `perform pgmq.send_batch('${name}', v_payloads::jsonb[])`,
    readAll: read,
    readPage: read,
    acknowledge: (name, _consumer, count) =>
      `select pgmq.delete('${name}', array(select msg_id from pgmq.q_${name} order by msg_id limit ${count}))`,
    held: (name) => `select count(*) as held from pgmq.q_${name}`,
  },
  install: (url) =>
    onClient(url, async (client) => {
      await client.query('create extension pgmq cascade');
      await client.query('select pgmq.create($1)', [queue]);
    }),
  async open(url, { consumers = 1, members = 1, takenAtOnce = readTogether }) {
    const pool = new SqlPool(url);
    return {
      send: (payload) => pool.query('select pgmq.send($1, $2::jsonb)', [queue, JSON.stringify(payload)]),
      sendMany: (payloads) =>
        pool.query('select pgmq.send_batch($1, $2::jsonb[])', [
          queue,
          payloads.map((payload) => JSON.stringify(payload)),
        ]),
      consume: async (handle) =>
        together(
          Array.from({ length: consumers * members }, () =>
            poll(pollMs, async () => {
              const messages = await pool.query<{ msg_id: string; message: object }>(
                'select msg_id, message from pgmq.read($1, $2, $3)',
                [queue, invisibleSeconds, takenAtOnce],
              );
              if (messages.length === 0) return 0;
              for (const { message } of messages) await handle(message, 0);
              await pool.query('select pgmq.delete($1, $2::bigint[])', [queue, messages.map(({ msg_id }) => msg_id)]);
              return messages.length;
            }),
          ),
        ),
      close: () => pool.end(),
    };
  },
  version: (url) => extensionVersion(url, 'pgmq'),
};

function read(name: string, _consumer: string, count: number): string {
  return `select count(m) as read from pgmq.read('${name}', ${invisibleSeconds}, ${count}) m`;
}
