import type { Client } from 'pgque';
import { consumerNames } from './consumers/consumer-names.ts';
import { maxRetries } from './staged-failures.ts';

export const queueName = 'packages';

/** Short periods, so that a run of seconds shows what takes hours elsewhere; the defaults suit real work. */
const settings = {
  tickerMaxLagMs: 50,
  tickerIdlePeriodMs: 500,
  rotationPeriodMs: 1_000,
  maxRetries,
};

/** The queue and its three subscriptions; on data of an earlier run they are there already. */
export async function openQueue(client: Client): Promise<void> {
  await client.createQueue(queueName, settings);
  for (const consumer of consumerNames) await client.subscribe(queueName, consumer);
}
