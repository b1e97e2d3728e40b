import { expect, test } from 'vitest';
import { InvalidArgumentError, QueueNotFoundError } from '../src/index.ts';
import { openTestClient } from './open-test-client.ts';
import { openBatch } from './tick.ts';

const { client } = await openTestClient();

test('queueStats() and consumerStats() estimate and measure', async () => {
  const { batchId } = await openBatch(client, 'stats', [1, 2]);
  expect(await client.queueStats('stats')).toEqual([
    {
      queue: 'stats',
      lastTickId: 2n,
      tickerLagMs: expect.any(Number),
      eventsPerSecond: expect.toSatisfy((rate: unknown) => rate === null || typeof rate === 'number'),
      untickedEventsEstimate: 0,
      consumers: 1,
      slowestConsumer: 'processor',
      slowestLagMs: expect.any(Number),
      pendingEventsEstimate: expect.any(Number),
      retriesPending: 0,
      delayedPending: 0,
      deadLetters: 0,
      rotationAgeMs: expect.any(Number),
      bytes: expect.any(Number),
    },
  ]);
  expect(await client.consumerStats('stats')).toEqual([
    {
      queue: 'stats',
      consumer: 'processor',
      lagMs: expect.any(Number),
      lastSeenMs: expect.any(Number),
      lastTickId: 1n,
      batchId,
      batchAgeMs: expect.any(Number),
      pendingEventsEstimate: expect.any(Number),
      retriesPending: 0,
      deadLetters: 0,
    },
  ]);
  expect((await client.queueStats()).map(({ queue }) => queue)).toContain('stats');
  expect((await client.consumerStats()).map(({ queue }) => queue)).toContain('stats');
  await expect(client.queueStats('nope')).rejects.toThrow(QueueNotFoundError);
});

test('a queue without consumers has no slowest one', async () => {
  await client.createQueue('lonely');
  const none = { consumers: 0, slowestConsumer: null, slowestLagMs: null, pendingEventsEstimate: null };
  expect(await client.queueStats('lonely')).toMatchObject([none]);
});

test('inFlight() lists open batches, until they are acknowledged', async () => {
  const { batchId } = await openBatch(client, 'in flight', [1, 2]);
  expect(await client.inFlight('in flight')).toEqual([
    {
      queue: 'in flight',
      consumer: 'processor',
      batchId,
      openedAt: expect.any(Date),
      ageMs: expect.any(Number),
      previousTickId: 1n,
      tickId: 2n,
      events: 2,
    },
  ]);
  expect((await client.inFlight()).map(({ queue }) => queue)).toContain('in flight');
  await client.ack(batchId);
  expect(await client.inFlight('in flight')).toEqual([]);
});

test('stuckConsumers() lists who holds a batch for longer than the threshold', async () => {
  const { batchId } = await openBatch(client, 'stuck', [1]);
  expect(await client.stuckConsumers()).toEqual([]);
  expect(await client.stuckConsumers(0)).toContainEqual({
    queue: 'stuck',
    consumer: 'processor',
    reason: 'batch open',
    stuckForMs: expect.any(Number),
    lagMs: expect.any(Number),
    lastSeenMs: expect.any(Number),
    batchId,
    pendingEventsEstimate: expect.any(Number),
    holdsRotation: false,
    heldBytes: expect.any(Number),
  });
  await expect(client.stuckConsumers(-1)).rejects.toThrow(InvalidArgumentError);
});

test('throughput() has a bucket for each part of the period', async () => {
  await openBatch(client, 'measured', [1]);
  const buckets = await client.throughput('measured', 3_000, 1_000);
  expect(buckets).toHaveLength(3);
  for (const bucket of buckets) {
    expect(bucket).toEqual({
      start: expect.any(Date),
      eventsEstimate: expect.toSatisfy((count: unknown) => count === null || typeof count === 'number'),
      eventsPerSecond: expect.toSatisfy((rate: unknown) => rate === null || typeof rate === 'number'),
    });
  }
  expect(await client.throughput('measured')).toHaveLength(60);
  await expect(client.throughput('measured', 1, 0)).rejects.toThrow(InvalidArgumentError);
});

test('metrics() has numbers and labels', async () => {
  await client.createQueue('metered');
  const samples = await client.metrics();
  expect(samples).toContainEqual({
    name: 'pgque_info',
    type: 'gauge',
    value: 1,
    labels: { version: await client.version() },
  });
  expect(samples).toContainEqual({ name: 'pgque_dead_letters', type: 'gauge', value: 0, labels: { queue: 'metered' } });
});

test('health() has an entry for each check', async () => {
  const found = await client.health();
  expect(found).toContainEqual({
    check: 'retries',
    status: 'ok',
    queue: null,
    detail: expect.any(String),
    hint: null,
  });
  expect(found.map(({ check }) => check)).toContain('ticker');
});
