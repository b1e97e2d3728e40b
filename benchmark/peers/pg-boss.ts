import { readFile } from 'node:fs/promises';
import { PgBoss } from 'pg-boss';
import { type Peer, queue } from './peer.ts';

const serverSide = 'its interface is that of Node';

export const pgBoss: Peer = {
  name: 'pg-boss',
  kind: 'queue',
  setting:
    'notify, poll 0.5 s, burst when a batch is full; throughput: batches of 1,000, four workers; latency: batches of 100, ' +
    'one worker; members: a worker each',
  strength:
    'jobs for Node with schedules, priorities, singletons, throttling and a dashboard; no ticker between send and handler',
  fansOut: false,
  schemas: ['pgboss'],
  template: 'pg-boss',
  notOffered: {
    createQueue: serverSide,
    send: serverSide,
    sendBatch: serverSide,
    readAll: serverSide,
    readPage: serverSide,
    tick: 'jobs can be read at once: there is nothing to tick',
  },
  sql: { held: () => 'select count(*) as held from pgboss.job' },
  async install(url) {
    const boss = await start(url);
    await boss.createQueue(queue, { notify: true });
    await boss.stop({ graceful: false });
  },
  async open(url, { goal, consumers = 1, members, takenAtOnce }) {
    const boss = await start(url);
    const workers = members ? members : goal === 'throughput' ? 4 : consumers;
    const batchSize = takenAtOnce ? takenAtOnce : goal === 'latency' ? 100 : 1000;
    return {
      send: (payload) => boss.send(queue, payload),
      sendMany: (payloads) =>
        boss.insert(
          queue,
          payloads.map((data) => ({ data })),
        ),
      async consume(handle) {
        const ids: string[] = [];
        for (let worker = 0; worker < workers; worker += 1) {
          ids.push(
            await boss.work(
              queue,
              { batchSize, pollingIntervalSeconds: 0.5, burstWhenBatchFull: true },
              async (jobs: { data: object }[]) => {
                for (const { data } of jobs) await handle(data, 0);
              },
            ),
          );
        }
        return { stop: async () => void (await Promise.all(ids.map((id) => boss.offWork(queue, { id, wait: true })))) };
      },
      close: () => boss.stop({ graceful: false }),
    };
  },
  version: () => packageVersion('pg-boss'),
};

async function start(url: string): Promise<PgBoss> {
  const boss = new PgBoss({ connectionString: url, useListenNotify: true });
  boss.on('error', () => {});
  await boss.start();
  return boss;
}

/** Of a dependency, which is pinned. */
export async function packageVersion(name: 'pg-boss' | 'graphile-worker'): Promise<string> {
  const manifest = await readFile(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { dependencies: Record<string, string> }).dependencies[name] ?? '';
}
