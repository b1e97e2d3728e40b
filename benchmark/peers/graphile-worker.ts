import { Logger, makeWorkerUtils, type Runner, run } from 'graphile-worker';
import { Pool } from 'pg';
import type { Contender } from './contender.ts';

const silent = new Logger(() => () => {});

export const graphileWorker: Contender = {
  name: 'graphile-worker',
  setting: 'LISTEN, concurrency 24, local queue of 500, completion and failure batches at once',
  async open(url) {
    const pool = new Pool({ connectionString: url, max: 10 });
    pool.on('error', () => {});
    const utils = await makeWorkerUtils({ pgPool: pool, logger: silent });
    await utils.migrate();
    let runner: Runner | undefined;
    const workerPool = new Pool({ connectionString: url, max: 10 });
    workerPool.on('error', () => {});
    return {
      send: (payload) => utils.addJob('bench', payload),
      async sendMany(payloads) {
        for (let start = 0; start < payloads.length; start += 1000) {
          await utils.addJobs(payloads.slice(start, start + 1000).map((payload) => ({ identifier: 'bench', payload })));
        }
      },
      async consume(handle) {
        runner = await run({
          pgPool: workerPool,
          logger: silent,
          noHandleSignals: true,
          taskList: { bench: async (payload) => handle(payload as object) },
          preset: {
            worker: {
              concurrentJobs: 24,
              maxPoolSize: 10,
              localQueue: { size: 500 },
              completeJobBatchDelay: 0,
              failJobBatchDelay: 0,
            },
          },
        });
      },
      async close() {
        await runner?.stop();
        await utils.release();
        await pool.end();
        await workerPool.end();
      },
    };
  },
};
