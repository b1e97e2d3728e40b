import { Logger, makeWorkerUtils, type Runner, run } from 'graphile-worker';
import { type Peer, queue } from './peer.ts';
import { packageVersion } from './pg-boss.ts';

const connections = 10;
const silent = new Logger(() => () => {});
const nodeOnly = 'jobs are taken by its workers in Node';

export const graphileWorker: Peer = {
  name: 'graphile-worker',
  kind: 'queue',
  setting:
    'LISTEN; throughput: concurrency 24, local queue of 500, completions in batches; latency: concurrency 24, no local ' +
    'queue; members: as much concurrency',
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
  async open(url, { goal, members = 1 }) {
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
              concurrentJobs: members > 1 ? members : 24,
              maxPoolSize: connections,
              ...(goal === 'latency' || members > 1 ? {} : local),
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
  },
  version: () => packageVersion('graphile-worker'),
};
