import { Logger, makeWorkerUtils, type Runner, run } from 'graphile-worker';
import { type OpenPeer, type Peer, queue } from './peer.ts';
import { packageVersion } from './pg-boss.ts';

const connections = 10;
const concurrency = 24;
const silent = new Logger(() => () => {});
const nodeOnly = 'jobs are taken by its workers in Node';

export const graphileWorker: Peer = {
  name: 'graphile-worker',
  kind: 'queue',
  setting:
    'LISTEN; concurrency 24; a local queue of 500 and completions in batches, but not for latency; members: as much concurrency',
  strength: 'jobs for Node that may be added by SQL and triggers, with the lowest latency, cron and job keys',
  fansOut: false,
  schemas: ['graphile_worker'],
  template: 'graphile-worker',
  notOffered: {
    readAll: nodeOnly,
    readPage: nodeOnly,
    tick: 'jobs can be read at once: there is nothing to tick',
  },
  sql: {
    createQueue: () => 'select 1',
    send: (name) => `perform graphile_worker.add_job('${name}', v_payload::json)`,
    sendBatch: (name) =>
      `perform graphile_worker.add_jobs(array(
         select row('${name}', p::json, null, null, null, null, null, null)::graphile_worker.job_spec
         from unnest(v_payloads) p))`,
    held: () => 'select count(*) as held from graphile_worker.jobs',
  },
  async install(url) {
    const utils = await makeWorkerUtils({ connectionString: url, logger: silent });
    await utils.migrate();
    await utils.release();
  },
  open: (url, { goal, members }) =>
    openWorker(url, { hasLocalQueue: goal !== 'latency' && !members, members: members ?? concurrency }),
  version: () => packageVersion('graphile-worker'),
};

/** The same with a local queue where a low latency is wanted, which helps when much is sent. */
export const graphileWorkerLocalQueue: Peer = {
  ...graphileWorker,
  name: 'graphile-worker, local queue',
  setting: 'a local queue of 500 and completions in batches',
  open: (url) => openWorker(url, { hasLocalQueue: true, members: concurrency }),
};

async function openWorker(
  url: string,
  { hasLocalQueue, members }: { readonly hasLocalQueue: boolean; readonly members: number },
): Promise<OpenPeer> {
  const utils = await makeWorkerUtils({ connectionString: url, maxPoolSize: connections, logger: silent });
  let runner: Runner | undefined;
  const stop = async (): Promise<void> => {
    await runner?.stop();
    runner = undefined;
  };
  const local = { localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 };
  return {
    send: (payload) => utils.addJob(queue, payload),
    sendMany: (payloads) => utils.addJobs(payloads.map((payload) => ({ identifier: queue, payload }))),
    async consume(handle) {
      runner = await run({
        connectionString: url,
        logger: silent,
        noHandleSignals: true,
        taskList: { [queue]: async (payload) => handle(payload as object, 0) },
        preset: {
          worker: {
            concurrentJobs: members,
            maxPoolSize: connections,
            ...(hasLocalQueue ? local : {}),
          },
        },
      });
      return { stop };
    },
    async close() {
      await stop();
      await utils.release();
    },
  };
}
