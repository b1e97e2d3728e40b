import { PgBoss } from 'pg-boss';
import type { Contender } from './contender.ts';

const queue = 'bench';

export const pgBoss: Contender = {
  name: 'pg-boss',
  setting: 'notify, batch of 1,000, four workers, poll 0.5 s',
  async open(url) {
    const boss = new PgBoss({ connectionString: url, useListenNotify: true });
    boss.on('error', () => {});
    await boss.start();
    await boss.createQueue(queue, { notify: true });
    return {
      send: (payload) => boss.send(queue, payload),
      async sendMany(payloads) {
        for (let start = 0; start < payloads.length; start += 1000) {
          await boss.insert(
            queue,
            payloads.slice(start, start + 1000).map((data) => ({ data })),
          );
        }
      },
      async consume(handle) {
        for (let worker = 0; worker < 4; worker += 1) {
          await boss.work(
            queue,
            { batchSize: 1000, pollingIntervalSeconds: 0.5, burstWhenBatchFull: true },
            async (jobs: { data: object }[]) => {
              for (const { data } of jobs) handle(data);
            },
          );
        }
      },
      async close() {
        await boss.stop({ graceful: false });
      },
    };
  },
};
