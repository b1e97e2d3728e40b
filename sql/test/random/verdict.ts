import type { TestDatabase } from '@pgque/testing';
import type { Consumer } from './consumers.ts';
import { diesOf, failuresOf } from './fate.ts';

/** What the run as a whole did wrong for one consumer, by the table of what was committed. */
export async function judge(database: TestDatabase, consumer: Consumer, maxRetries: number): Promise<string[]> {
  const { name, queue } = consumer;
  const sent = await database.query<{ token: string }>('select token from sent where queue = $1', [queue]);
  const dead = await database.query<{ token: string; times: bigint }>(
    'select ev_data as token, count(*) as times from pgque.dead_letter where consumer_name = $1 group by ev_data',
    [name],
  );
  const committed = new Set(sent.map(({ token }) => token));
  const died = new Map(dead.map((row) => [row.token, row.times]));
  const settled = consumer.kind === 'exactly once' ? await readSettled(database, name) : consumer.acked;
  const wrong: string[] = [];

  for (const token of committed) {
    const retryCounts = settled.get(token) ?? [];
    if (diesOf(token, name, maxRetries)) {
      if (died.get(token) !== 1n) wrong.push(`${token} has ${died.get(token) ?? 0} dead letters, not 1`);
      if (retryCounts.length > 0) wrong.push(`${token} should have died and was settled`);
      continue;
    }
    if (retryCounts.length > 1) wrong.push(`${token} was settled ${retryCounts.length} times`);
    if (retryCounts.some((retryCount) => retryCount !== failuresOf(token, name))) {
      wrong.push(`${token} was settled at retry ${retryCounts}, not ${failuresOf(token, name)}`);
    }
    if (retryCounts.length === 0 && !consumer.attempted.has(token)) wrong.push(`${token} was lost`);
  }
  for (const token of [...settled.keys(), ...died.keys()]) {
    if (!committed.has(token)) wrong.push(`${token} is a ghost`);
  }
  return wrong.map((sentence) => `${name}: ${sentence}`);
}

async function readSettled(database: TestDatabase, consumer: string): Promise<Map<string, number[]>> {
  const rows = await database.query<{ token: string; retry_counts: number[] }>(
    'select token, array_agg(retry_count) as retry_counts from settled where consumer = $1 group by token',
    [consumer],
  );
  return new Map(rows.map((row) => [row.token, row.retry_counts]));
}
