// What has hurt users of other queues, each by its sentence: the test shows what happens here instead.
import { closeAtEndOfFile, openTestDatabase } from '@pgque/testing';
import {
  ConnectionError,
  ConsumerNotRegisteredError,
  connect,
  install,
  PermissionDeniedError,
  RetriesPendingError,
} from 'pgque';
import { expect, test } from 'vitest';
import { passTime } from '../../../../sql/test/support/pass-time.ts';
import { createConsumer, createTicker, fixed } from '../../src/index.ts';
import { sentEvents } from '../../src/testing/index.ts';
import { LogBook } from '../log-book.ts';
import { openBench, openQueue, passRetryDelay, tick } from '../open-bench.ts';
import { openWatchedClient } from './watched-client.ts';

const { database, client, log } = await openBench();
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const connectTo = async (url: string) => {
  const logger = new LogBook();
  const opened = closeAtEndOfFile(await connect({ url, logger, maxConnections: 3 }));
  return { opened, logger };
};

test('Partial receive then ack drops events', async () => {
  await openQueue(client, 'partial', numbers(7));
  const seen: unknown[] = [];
  for (let left = 7; left > 0; ) {
    const messages = await client.receive('partial', 'worker', 3);
    seen.push(...messages.map(({ payload }) => payload));
    expect(await client.ack(messages[0]?.batchId ?? 0n)).toBe(1);
    left -= messages.length;
  }
  expect(seen).toEqual(numbers(7));
  expect(await client.receive('partial', 'worker')).toEqual([]);
});

test('Empty result taken for "drained"', async () => {
  await openQueue(client, 'windows');
  for (let window = 0; window < 3; window += 1) await tick(client, 'windows');
  await client.send('windows', { payload: 'behind empty windows' });
  for (let window = 0; window < 3; window += 1) await tick(client, 'windows');
  const [message] = await client.receive('windows', 'worker');
  expect(message).toMatchObject({ payload: 'behind empty windows' });
  expect(
    await createConsumer(client, { queue: 'windows', name: 'worker' })
      .on('*', () => {})
      .drain(),
  ).toBe(1);
});

test('One dead or forgotten subscription pins rotation for all', async () => {
  const own = await openTestDatabase();
  const { opened } = await connectTo(own.url);
  await opened.createQueue('pinned', { rotationPeriodMs: 1, maxConsumerLagMs: 3_600_000 });
  await opened.subscribe('pinned', 'worker');
  await opened.subscribe('pinned', 'forgotten');
  const rotate = async (): Promise<void> => {
    for (let call = 0; call < 12; call += 1) {
      await opened.forceNextTick('pinned');
      await opened.maint();
    }
  };
  await opened.sendBatch('pinned', 'default', numbers(10));
  await tick(opened, 'pinned');
  expect(
    await createConsumer(opened, { queue: 'pinned', name: 'worker' })
      .on('*', () => {})
      .drain(),
  ).toBe(10);
  await rotate();
  expect(await sentEvents(opened, 'pinned')).toHaveLength(10);
  await passTime(own, '2 hours');
  expect(await opened.stuckConsumers()).toMatchObject([{ consumer: 'forgotten', holdsRotation: true }]);
  await rotate();
  expect(await sentEvents(opened, 'pinned')).toEqual([]);
});

test('unsubscribe silently deletes pending retries; subscribe silently starts at the latest tick; typoed consumer errors only at receive', async () => {
  await openQueue(client, 'explicit', ['sent before']);
  const fail = () => Promise.reject(new Error('boom'));
  await createConsumer(client, { queue: 'explicit', name: 'worker' }).on('*', fail).drain();
  await expect(client.unsubscribe('explicit', 'worker')).rejects.toThrow(RetriesPendingError);
  expect(await client.unsubscribe('explicit', 'worker', { discardRetries: true })).toBe(1);

  const typo = createConsumer(client, { queue: 'explicit', name: 'wroker' }).on('*', () => {});
  await expect(typo.start()).rejects.toThrow(ConsumerNotRegisteredError);
  const starts = { earliest: 1, latest: 0 } as const;
  for (const startAt of ['earliest', 'latest'] as const) {
    const consumer = createConsumer(client, { queue: 'explicit', name: startAt, startAt });
    expect(await consumer.on('*', () => {}).drain(), startAt).toBe(starts[startAt]);
  }
});

test('Anyone can ack any batch id', async () => {
  await openQueue(client, 'owned', ['mine']);
  const nobody = client.using(await database.role('pg_monitor'));
  const writer = client.using(await database.role('pgque_writer'));
  const started = Promise.withResolvers<bigint>();
  const takenOver = Promise.withResolvers<void>();
  const consumer = createConsumer(client, { queue: 'owned', name: 'worker', members: 'slow' });
  consumer.on('*', async ({ batchId }) => {
    started.resolve(batchId);
    await takenOver.promise;
  });
  const draining = consumer.drain();
  const batchId = await started.promise;
  await expect(nobody.ack(batchId)).rejects.toThrow(PermissionDeniedError);
  await expect(writer.ack(batchId)).rejects.toThrow(PermissionDeniedError);
  const [taken] = await client.receiveCoop('owned', 'worker', 'quick', { deadIntervalMs: 0 });
  takenOver.resolve();
  expect(await draining).toBe(0);
  expect(consumer.health()).toMatchObject({ acked: 0 });
  expect(await client.ack(batchId)).toBe(0);
  expect(await client.ack(taken?.batchId ?? 0n)).toBe(1);
});

test('nack is O(batch): a downstream outage turns into a CPU storm', async () => {
  const watched = openWatchedClient(database.url);
  await openQueue(client, 'outage', numbers(10_000));
  const down = () => Promise.reject(new Error('the downstream is down'));
  const options = { queue: 'outage', name: 'worker', maxMessages: 10_000, retry: fixed('1m') } as const;
  const startedAt = performance.now();
  expect(await createConsumer(watched.client, options).on('*', down).drain()).toBe(10_000);
  // A pass over the batch for each message would take minutes.
  expect(performance.now() - startedAt).toBeLessThan(15_000);
  expect(watched.calls.filter((name) => /ack|settle/.test(name))).toEqual(['settle']);
});

test('Ack after a failed nack; auto-ack of unknown types', async () => {
  const watched = openWatchedClient(database.url);
  await openQueue(client, 'unsettled');
  await client.sendBatch('unsettled', [
    { type: 'known', payload: 'fails' },
    { type: 'surprise', payload: 'nobody knows it' },
  ]);
  await tick(client, 'unsettled');
  watched.fail('settle', new ConnectionError('connection_lost', 'connection terminated'));
  const consumer = createConsumer(watched.client, { queue: 'unsettled', name: 'worker', retry: fixed('1m') });
  const draining = consumer.on('known', () => Promise.reject(new Error('boom'))).drain();
  await expect.poll(() => watched.calls.filter((name) => name === 'settle').length).toBeGreaterThan(1);
  expect(watched.calls).not.toContain('ack');
  expect(await client.inFlight('unsettled')).toMatchObject([{ events: 2 }]);
  expect(consumer.health()).toMatchObject({ acked: 0, retried: 0, lastError: expect.any(ConnectionError) });
  watched.fail('settle');
  expect(await draining).toBe(2);
  await passRetryDelay(client, 'unsettled');
  const again = await client.receive('unsettled', 'worker');
  expect(again.map(({ type, retryCount }) => [type, retryCount])).toEqual([
    ['known', 1],
    ['surprise', 1],
  ]);
});

test('Boot and migration races/deadlocks; double schedulers', async () => {
  const empty = await openTestDatabase({ engine: false });
  const replicas = await Promise.all(numbers(6).map(() => connectTo(empty.url)));
  const seen: unknown[] = [];
  const services = await Promise.all(
    replicas.map(async ({ opened }) => {
      await install(opened);
      await opened.createQueue('booted');
      const ticker = createTicker(opened);
      const consumer = createConsumer(opened, { queue: 'booted', name: 'worker', startAt: 'latest', members: 'auto' });
      await Promise.all([ticker.start(), consumer.on('*', ({ payload }) => void seen.push(payload)).start()]);
      return { ticker, consumer };
    }),
  );
  await replicas[0]?.opened.send('booted', { payload: 1 });
  await expect.poll(() => seen).toEqual([1]);
  expect(services.map(({ ticker }) => ticker.health().state).sort()).toEqual([
    'leading',
    ...numbers(5).map(() => 'standing-by'),
  ]);
  await Promise.all(services.flatMap(({ ticker, consumer }) => [ticker.stop(), consumer.stop()]));
  expect(replicas.flatMap(({ logger }) => [...logger.of('warn'), ...logger.of('error')])).toEqual([]);
});

test('Misleading metrics; health green while consuming nothing; no ticker looks like an empty queue', async () => {
  const own = await openTestDatabase();
  const { opened, logger } = await connectTo(own.url);
  await openQueue(opened, 'unticked');
  await opened.send('unticked', { payload: 'waits for a tick' });
  await passTime(own, '1 hour');
  const seen: unknown[] = [];
  await using consumer = createConsumer(opened, { queue: 'unticked', name: 'worker' });
  await consumer.on('*', ({ payload }) => void seen.push(payload)).start();
  await expect.poll(() => consumer.health()).toMatchObject({ state: 'waiting', isTicked: false, isHealthy: false });
  expect(logger.of('warn')).toEqual([expect.stringContaining('nothing ticks this queue')]);
  expect(await opened.queueStats('unticked')).toMatchObject([{ untickedEventsEstimate: 1 }]);
  expect(await opened.health()).toContainEqual(expect.objectContaining({ check: 'ticker', status: 'fail' }));
  await tick(opened, 'unticked');
  await expect.poll(() => consumer.health()).toMatchObject({ acked: 1, isTicked: true, isHealthy: true });
  expect(seen).toEqual(['waits for a tick']);
});

test('Transactions misused: send + tick + receive in one tx returns nothing; holding receive...ack open across slow I/O pins xmin and blocks rotation', async () => {
  await openQueue(client, 'misused');
  log.lines.length = 0;
  await client.transaction(async (tx) => {
    await tx.send('misused', { payload: 1 });
    await tx.ticker();
    expect(await tx.receive('misused', 'worker')).toEqual([]);
  });
  expect(log.of('warn')).toEqual([expect.stringContaining('delivered after its commit')]);
  await tick(client, 'misused');
  const inTransaction = (): Promise<unknown[]> =>
    database.query(
      `select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null`,
    );
  const open: number[] = [];
  for (const mode of ['at-least-once', 'exactly-once'] as const) {
    await client.send('misused', { payload: mode });
    await tick(client, 'misused');
    await createConsumer(client, { queue: 'misused', name: 'worker', mode })
      .on('*', async () => void open.push((await inTransaction()).length))
      .drain();
  }
  // Two messages are handled outside any transaction; who asks for exactly once holds one.
  expect(open).toEqual([0, 0, 1]);
});
