import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { passTime } from '../support/pass-time.ts';
import { openQueue } from '../support/queue-driver.ts';
import { rows } from '../support/rows.ts';

const database = await openTestDatabase();

interface Bucket {
  bucket_start: Date;
  events_estimate: bigint | null;
  events_per_second: number | null;
}

const throughput = (queue: string, period: string | null, bucket: string | null) =>
  rows<Bucket>(database, 'select * from pgque.throughput($1, $2::interval, $3::interval)', [queue, period, bucket]);

test('events fall into the bucket of their ticks, and where no tick is held there is none', async () => {
  const queue = await openQueue(database, { ticker_max_count: 1 });
  for (const count of [10, 0, 30]) {
    await queue.sendMany(Array.from({ length: count }, () => 'x'));
    await rows(database, 'select pgque.ticker()');
    await passTime(database, '1 minute');
    await rows(database, 'select pgque.ticker()');
  }
  await queue.sendMany(['not', 'ticked']);
  const buckets = await throughput(queue.name, '5 minutes', '1 minute');
  expect(Object.keys(buckets[0] ?? {})).toEqual(['bucket_start', 'events_estimate', 'events_per_second']);
  const counts = buckets.map(({ events_estimate }) => events_estimate);
  expect(counts).toHaveLength(5);
  expect(counts.slice(0, 2)).toEqual([null, null]);
  const known = counts.slice(2).map(Number);
  expect(known.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(42);
  expect(known.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(32);
  for (const { events_estimate, events_per_second } of buckets) {
    expect(events_per_second).toBe(events_estimate === null ? null : Number(events_estimate) / 60);
  }
  expect(Number(buckets[1]?.bucket_start) - Number(buckets[0]?.bucket_start)).toBe(60_000);
});

test('what lies between two ticks is spread evenly, and nothing is lost by rounding', async () => {
  const queue = await openQueue(database, { ticker_max_count: 1 });
  await passTime(database, '10 minutes');
  await queue.sendMany(Array.from({ length: 100 }, () => 'x'));
  await rows(database, 'select pgque.ticker()');
  const counts = (await throughput(queue.name, '15 minutes', '3 minutes')).map(
    ({ events_estimate }) => events_estimate,
  );
  expect(counts[0]).toBeNull();
  const known = counts.slice(2).map(Number);
  for (const count of known) expect(Math.abs(count - 30)).toBeLessThanOrEqual(1);
});

test('periods and buckets that make no sense are refused, and so is an unknown queue', async () => {
  const queue = await openQueue(database);
  for (const [period, bucket] of [
    ['0 seconds', '1 minute'],
    ['1 hour', '0 seconds'],
    ['-1 hour', '1 minute'],
    ['1 year', '1 second'],
    [null, '1 minute'],
    ['1 hour', null],
  ] as const) {
    await expect(throughput(queue.name, period, bucket)).rejects.toMatchObject({ code: 'QU005' });
  }
  await expect(throughput('nope', '1 hour', '1 minute')).rejects.toMatchObject({ code: 'QU001' });
});
