import { randomBytes } from 'node:crypto';
import { createConsumer, createTicker } from '@pgque/consumer';
import type { Command } from 'commander';
import type { Client } from 'pgque';
import { toCount } from '../parse.ts';
import { withSession } from '../session.ts';

const latencyEvents = 200;
const latencyEveryMs = 10;

export function addBenchCommand(program: Command): void {
  program
    .command('bench')
    .description('what this server does with this client, in a queue that is dropped afterwards')
    .option('--events <count>', 'how many events', toCount, 20_000)
    .action(
      withSession<{ events: number }>(async ({ client, printer }, _args, { events }) => {
        const queue = `pgque-bench-${randomBytes(4).toString('hex')}`;
        await client.createQueue(queue);
        try {
          await client.subscribe(queue, 'bench');
          await using ticker = createTicker(client);
          await ticker.start();
          const rates = await measureRates(client, queue, events);
          const latencies = await measureLatency(client, queue);
          printer.record({ events, ...rates, ...latencies });
        } finally {
          await client.dropQueue(queue, { force: true });
        }
      }),
    );
}

async function measureRates(client: Client, queue: string, events: number): Promise<Record<string, number>> {
  const payload = { order_id: 42, note: 'x'.repeat(80) };
  const numbers = Array.from({ length: events }, () => payload);
  const sentPerSecond = await rate(events, async () => {
    await Promise.all(numbers.map((each) => client.send(queue, { payload: each })));
  });
  const sentInBatchesPerSecond = await rate(events, async () => {
    for (let start = 0; start < events; start += 1000) {
      await client.sendBatch(queue, 'default', numbers.slice(start, start + 1000));
    }
  });
  const consumedPerSecond = await rate(2 * events, async () => {
    const all = Promise.withResolvers<void>();
    let handled = 0;
    await using consumer = createConsumer(client, { queue, name: 'bench', maxMessages: 1000 });
    consumer.on('*', () => {
      handled += 1;
      if (handled === 2 * events) all.resolve();
    });
    await consumer.start();
    await all.promise;
  });
  return { sentPerSecond, sentInBatchesPerSecond, consumedPerSecond };
}

/** Milliseconds from the call of send to the handler, at 100 events per second. */
async function measureLatency(client: Client, queue: string): Promise<Record<string, number>> {
  const latencies: number[] = [];
  const all = Promise.withResolvers<void>();
  await using consumer = createConsumer(client, { queue, name: 'bench' });
  consumer.on('*', ({ payload }) => {
    latencies.push(performance.now() - (payload as { at: number }).at);
    if (latencies.length === latencyEvents) all.resolve();
  });
  await consumer.start();
  for (let index = 0; index < latencyEvents; index += 1) {
    void client.send(queue, { payload: { at: performance.now() } }).catch(all.reject);
    await new Promise((resolve) => setTimeout(resolve, latencyEveryMs));
  }
  await all.promise;
  latencies.sort((a, b) => a - b);
  const at = (share: number): number => latencies[Math.floor(latencies.length * share)] ?? Number.NaN;
  return { deliveryP50Ms: at(0.5), deliveryP99Ms: at(0.99) };
}

async function rate(count: number, run: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await run();
  return Math.round((count * 1000) / (performance.now() - startedAt));
}
