import { expect, test } from 'vitest';
import {
  ConsumersAttachedError,
  InvalidArgumentError,
  InvalidQueueConfigError,
  PgCronNotInstalledError,
  type QueueConfigChange,
  QueueNotFoundError,
  RebaseNeededError,
  TickNotAllowedError,
  TickOutOfOrderError,
  TransactionNotSupportedError,
} from '../src/index.ts';
import { openTestClient } from './open-test-client.ts';
import { openBatch, tick } from './tick.ts';

const { client, database } = await openTestClient();
const restored = await openTestClient();

const defaults = {
  tickerMaxCount: 500,
  tickerMaxLagMs: 3000,
  tickerIdlePeriodMs: 60_000,
  tickerPaused: false,
  externalTicker: false,
  rotationPeriodMs: 7_200_000,
  maxRetries: 5,
  maxConsumerLagMs: null,
  disableInsert: false,
};

test('createQueue() answers 1, then 0, and dropQueue() 1', async () => {
  expect(await client.createQueue('brief')).toBe(1);
  expect(await client.createQueue('brief', { maxRetries: 1 })).toBe(0);
  expect(await client.getQueueConfig('brief')).toEqual(defaults);
  expect(await client.dropQueue('brief')).toBe(1);
  await expect(client.dropQueue('brief')).rejects.toThrow(QueueNotFoundError);
});

test('dropQueue() drops subscriptions only with force', async () => {
  await client.createQueue('attached');
  await client.subscribe('attached', 'processor');
  await expect(client.dropQueue('attached')).rejects.toThrow(ConsumersAttachedError);
  expect(await client.dropQueue('attached', { force: true })).toBe(1);
});

test('every setting can be given at creation, changed, and set back to its default', async () => {
  const config = {
    tickerMaxCount: 7,
    tickerMaxLagMs: 1.5,
    tickerIdlePeriodMs: 86_400_000,
    tickerPaused: true,
    externalTicker: true,
    rotationPeriodMs: 600_000,
    maxRetries: 0,
    maxConsumerLagMs: 604_800_000,
    disableInsert: true,
  };
  await client.createQueue('config', config);
  expect(await client.getQueueConfig('config')).toEqual(config);
  const nothing: QueueConfigChange = Object.fromEntries(Object.keys(defaults).map((name) => [name, null]));
  await client.setQueueConfig('config', nothing);
  expect(await client.getQueueConfig('config')).toEqual(defaults);
  await client.setQueueConfig('config', {});
});

test('setQueueConfig() changes all settings or none', async () => {
  await client.createQueue('atomic');
  const refused = client.setQueueConfig('atomic', { maxRetries: 9, tickerMaxCount: -1 });
  await expect(refused).rejects.toThrow(InvalidQueueConfigError);
  const unknown = client.setQueueConfig('atomic', { maxRetry: 9 } as QueueConfigChange);
  await expect(unknown).rejects.toThrow(InvalidQueueConfigError);
  expect(await client.getQueueConfig('atomic')).toEqual(defaults);
});

test('a paused queue keeps its events until it is resumed', async () => {
  await client.createQueue('paused');
  await client.subscribe('paused', 'processor');
  expect(await client.pauseQueue('paused')).toBe(1);
  await client.send('paused', { payload: 1 });
  await expect(client.forceNextTick('paused')).rejects.toThrow(TickNotAllowedError);
  expect(await client.resumeQueue('paused')).toBe(1);
  await tick(client, 'paused');
  expect(await client.receive('paused', 'processor')).toHaveLength(1);
});

test('forceNextTick() returns the last tick, tick() makes the next, and then none is due', async () => {
  await client.createQueue('ticked');
  const last = await client.forceNextTick('ticked');
  expect(await client.forceTick('ticked')).toBe(last);
  expect(await client.tick('ticked')).toBe(last + 1n);
  expect(await client.tick('ticked')).toBeNull();
});

test('ticker() returns how many queues it ticked', async () => {
  await client.createQueue('counted');
  await client.ticker();
  await client.forceNextTick('counted');
  expect(await client.ticker()).toBe(1);
});

test('tickPending() ticks what is new, and says when something is due', async () => {
  await client.createQueue('pending');
  await client.tickPending();
  expect(await client.tickPending(1)).toMatchObject({ ticked: 0, nextDueInMs: null });
  await client.send('pending', { payload: 1 });
  await client.sendAt('pending', { payload: 2 }, { delayMs: 60_000 });
  const { ticked, nextDueInMs } = await client.tickPending();
  expect(ticked).toBe(1);
  expect(nextDueInMs).toBeGreaterThan(50_000);
  await expect(client.tickPending(-1)).rejects.toThrow(InvalidArgumentError);
});

test('leadTicker() is true for one session at a time', async () => {
  const [first, second] = [await database.connect(), await database.connect()];
  expect(await client.using(first).leadTicker()).toBe(true);
  expect(await client.using(second).leadTicker()).toBe(false);
});

test('externalTick() records ticks in their order', async () => {
  await client.createQueue('external', { externalTicker: true });
  const [info] = await client.getQueueInfo('external');
  const tickId = (info?.lastTickId ?? 0n) + 10n;
  const later = new Date(Date.now() + 1000);
  expect(await client.externalTick('external', tickId, later, 100n)).toBe(tickId);
  await expect(client.externalTick('external', tickId, later, 100n)).rejects.toThrow(TickOutOfOrderError);
  await expect(client.externalTick('external', tickId, new Date(Number.NaN), 1n)).rejects.toMatchObject({
    code: 'invalid_argument',
  });
});

test('rebase() finds nothing to do in a database that was not restored, and says so of one that was', async () => {
  expect(await client.rebase()).toBe(0);
  const { client: other } = restored;
  await other.createQueue('restored');
  await restored.database.query(`update pgque.tick set snapshot = '9000000000:9000000000:'`);
  await other.forceNextTick('restored');
  await expect(other.ticker()).rejects.toThrow(RebaseNeededError);
  expect(await other.rebase()).toBe(1);
  expect(await other.ticker()).toBe(1);
});

test('maint() and its parts answer how many logs moved', async () => {
  await client.createQueue('upkeep');
  expect(await client.maint()).toEqual(expect.any(Number));
  expect(await client.maintRotateTablesStep1('upkeep')).toEqual(expect.any(Number));
  expect(await client.maintRotateTablesStep2()).toEqual(expect.any(Number));
  expect(await client.maintRetryEvents()).toBe(0);
});

test('start() needs pg_cron, and stop() does not', async () => {
  await expect(client.start()).rejects.toThrow(PgCronNotInstalledError);
  await client.stop();
});

test('setTickPeriodMs() takes exact divisors of 1000', async () => {
  await client.setTickPeriodMs(50);
  await expect(client.setTickPeriodMs(3)).rejects.toMatchObject({ code: 'invalid_argument', sqlstate: 'QU005' });
  await expect(client.setTickPeriodMs(2.5)).rejects.toThrow(InvalidArgumentError);
});

test('tickerLoop() delivers what is sent before it ends, and is refused in a transaction', async () => {
  await client.createQueue('looped', { tickerMaxLagMs: 0 });
  await client.subscribe('looped', 'processor');
  await client.send('looped', { payload: 1 });
  await client.tickerLoop(20);
  expect(await client.receive('looped', 'processor')).toHaveLength(1);
  await expect(client.transaction((tx) => tx.tickerLoop(20))).rejects.toThrow(TransactionNotSupportedError);
  await expect(client.tickerLoop(0)).rejects.toThrow(InvalidArgumentError);
});

test('getQueueInfo() and getConsumerInfo() count and measure', async () => {
  const { batchId } = await openBatch(client, 'looked-at', [1, 2]);
  await client.send('looked-at', { payload: 3 });
  expect(await client.getQueueInfo('looked-at')).toEqual([
    {
      queue: 'looked-at',
      tableCount: 3,
      currentTable: expect.any(Number),
      rotationPeriodMs: 7_200_000,
      switchTime: expect.any(Date),
      externalTicker: false,
      tickerPaused: false,
      tickerMaxCount: 500,
      tickerMaxLagMs: 3000,
      tickerIdlePeriodMs: 60_000,
      tickerLagMs: expect.any(Number),
      eventsPerSecond: expect.toSatisfy((rate: unknown) => rate === null || typeof rate === 'number'),
      newEvents: 1,
      lastTickId: expect.any(BigInt),
    },
  ]);
  expect(await client.getConsumerInfo('looked-at', 'processor')).toEqual([
    {
      queue: 'looked-at',
      consumer: 'processor',
      lagMs: expect.any(Number),
      lastSeenMs: expect.any(Number),
      lastTickId: expect.any(BigInt),
      currentBatchId: batchId,
      nextTickId: expect.any(BigInt),
      pendingEvents: 3,
    },
  ]);
  expect((await client.getQueueInfo()).map(({ queue }) => queue)).toContain('looked-at');
  expect((await client.getConsumerInfo()).map(({ queue }) => queue)).toContain('looked-at');
});

test('getBatchInfo() describes an open batch and knows no other', async () => {
  const { batchId } = await openBatch(client, 'described', [1]);
  const info = await client.getBatchInfo(batchId);
  expect(info).toEqual({
    queue: 'described',
    consumer: 'processor',
    batchStart: expect.any(Date),
    batchEnd: expect.any(Date),
    previousTickId: expect.any(BigInt),
    tickId: expect.any(BigInt),
    lagMs: expect.any(Number),
    seqStart: expect.any(BigInt),
    seqEnd: expect.any(BigInt),
  });
  await client.ack(batchId);
  expect(await client.getBatchInfo(batchId)).toBeNull();
});

test('status() and version() speak of the engine in the database', async () => {
  expect(await client.version()).toMatch(/^\d+\.\d+\.\d+/);
  expect(await client.status()).toContainEqual({ component: 'pgque', status: 'info', detail: await client.version() });
});

test('a duration of any length is stored as it is', async () => {
  await client.createQueue('durations');
  for (const maxConsumerLagMs of [1000.001, 59_999.999, 30 * 86_400_000, 315_360_000_000]) {
    await client.setQueueConfig('durations', { maxConsumerLagMs });
    expect(await client.getQueueConfig('durations')).toMatchObject({ maxConsumerLagMs });
  }
});
