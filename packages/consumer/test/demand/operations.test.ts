// What users of other queues wish for, each by its sentence: running it.
import { closeAtEndOfFile, openPrivateServer, openTestDatabase } from '@pgque/testing';
import {
  BatchNotFoundError,
  ConnectionError,
  connect,
  install,
  PermissionDeniedError,
  PgCronNotInstalledError,
  plan,
} from 'pgque';
import { expect, test } from 'vitest';
import { passTime } from '../../../../sql/test/support/pass-time.ts';
import { openOldDatabase, released } from '../../../client/test/install/engines.ts';
import { createConsumer, createTicker } from '../../src/index.ts';
import { LogBook } from '../log-book.ts';
import { openBench, openQueue, passRetryDelay, tick } from '../open-bench.ts';

const { database, client } = await openBench();
const connectTo = async (url: string) =>
  closeAtEndOfFile(await connect({ url, logger: new LogBook(), maxConnections: 3 }));

test('Survives DB restart/failover; never silently idle', async () => {
  const { server, database: own } = await openPrivateServer({ durable: true });
  const away = await connectTo(own.url);
  await openQueue(away, 'restarted');
  const seen: unknown[] = [];
  await using ticker = createTicker(away);
  await using consumer = createConsumer(away, { queue: 'restarted', name: 'worker' });
  await ticker.start();
  await consumer.on('*', ({ payload }) => void seen.push(payload)).start();
  await away.send('restarted', { payload: 'before' });
  await expect.poll(() => seen).toEqual(['before']);
  await server.kill('SIGKILL');
  await expect.poll(() => consumer.health()).toMatchObject({ isHealthy: false, state: 'recovering' });
  expect(consumer.health().lastError).toBeInstanceOf(ConnectionError);
  await expect.poll(() => ticker.health().isHealthy).toBe(false);
  await server.start();
  await expect.poll(() => [consumer, ticker].every((each) => each.health().isHealthy)).toBe(true);
  await away.send('restarted', { payload: 'after' });
  await expect.poll(() => seen).toEqual(['before', 'after']);
});

test('Stuck-consumer policy: alarm, quota, optional auto-eviction that preserves retries', async () => {
  await client.createQueue('quota', { maxConsumerLagMs: 3_600_000, rotationPeriodMs: 1 });
  await client.subscribe('quota', 'worker');
  await client.sendBatch('quota', 'default', ['missed', 'given back']);
  await tick(client, 'quota');
  const [, givenBack] = await client.receive('quota', 'worker');
  await client.settle(givenBack?.batchId ?? 0n, [{ msgId: givenBack?.msgId ?? 0n, retryAfterMs: 100_000_000 }]);
  await client.send('quota', { payload: 'not read in time' });
  await tick(client, 'quota');
  await passTime(database, '2 hours');
  expect(await client.stuckConsumers()).toMatchObject([{ queue: 'quota', consumer: 'worker', reason: 'not reading' }]);
  const alarm = (check: string) => expect.objectContaining({ check, status: 'warn', queue: 'quota' });
  expect(await client.health()).toContainEqual(alarm('consumers'));
  for (let call = 0; call < 12; call += 1) {
    await client.forceNextTick('quota');
    await client.maint();
  }
  expect(await client.stuckConsumers()).toEqual([]);
  expect(await client.health()).toContainEqual(alarm('consumer_gaps'));
  await passRetryDelay(client, 'quota');
  const seen: unknown[] = [];
  const consumer = createConsumer(client, { queue: 'quota', name: 'worker' });
  await consumer.on('*', ({ payload }) => void seen.push(payload)).drain();
  expect(seen).toEqual(['given back']);
});

test('Ticker that just runs: leader-elected in-process ticker, pg_cron, pg_timetable; doctor', async () => {
  const own = await openTestDatabase();
  const clients = [await connectTo(own.url), await connectTo(own.url)] as const;
  await openQueue(clients[0], 'ticked');
  await clients[0].setQueueConfig('ticked', { tickerMaxLagMs: 10 });
  const seen: unknown[] = [];
  await using consumer = createConsumer(clients[0], { queue: 'ticked', name: 'worker' });
  await consumer.on('*', ({ payload }) => void seen.push(payload)).start();
  const [first, second] = clients.map((each) => createTicker(each, { standbyInterval: '50ms' }));
  await using leader = first;
  await using deputy = second;
  await leader?.start();
  await deputy?.start();
  await expect.poll(() => leader?.health().state).toBe('leading');
  expect(deputy?.health()).toMatchObject({ state: 'standing-by', isHealthy: true });
  await clients[0].send('ticked', { payload: 'by the leader' });
  await expect.poll(() => seen).toEqual(['by the leader']);
  await leader?.stop();
  await expect.poll(() => deputy?.health().state).toBe('leading');
  await clients[0].send('ticked', { payload: 'by the deputy' });
  await expect.poll(() => seen).toHaveLength(2);
  await deputy?.stop();

  await clients[0].send('ticked', { payload: 'by any scheduler' });
  await clients[0].tickerLoop(100);
  await expect.poll(() => seen).toHaveLength(3);
  await expect(clients[0].start()).rejects.toThrow(PgCronNotInstalledError);
  await passTime(own, '1 hour');
  const findings = await clients[0].health();
  expect(findings.find(({ check }) => check === 'ticker')).toMatchObject({ status: 'fail', hint: expect.any(String) });
});

test('Safe install/upgrade: xact advisory lock, rolling-deploy safe, drift check, plain SQL export', async () => {
  const old = await openOldDatabase();
  await old.query("select pgque.force_next_tick('orders'); select pgque.ticker()");
  const [open] = await old.query<{ batch_id: bigint }>("select * from pgque.receive('orders', 'processor')");
  const replicas = await Promise.all([1, 2, 3, 4].map(() => connectTo(old.url)));
  const [replica] = replicas;
  expect(await plan(replica)).not.toBe('');
  const installations = await Promise.all(replicas.map((each) => install(each)));
  expect(installations.filter(({ from }) => from?.version === released.version)).toHaveLength(1);
  expect(await plan(replica)).toBe('');
  expect(await old.query('select pgque.ack($1)', [open?.batch_id])).toEqual([{ ack: 1 }]);

  const empty = await openTestDatabase({ engine: false });
  await empty.query(await plan());
  const fresh = await connectTo(empty.url);
  expect(await plan(fresh)).toBe('');
});

test('Least privilege and ownership-checked ack/nack', async () => {
  await openQueue(client, 'guarded');
  const as = (role: string) => connectTo(`${database.url}?options=${encodeURIComponent(`-c role=${role}`)}`);
  const [reader, writer, nobody] = [await as('pgque_reader'), await as('pgque_writer'), await as('pg_monitor')];
  await writer.send('guarded', { payload: 1 });
  await tick(client, 'guarded');
  const denied = [
    reader.send('guarded', { payload: 2 }),
    reader.createQueue('mine'),
    writer.receive('guarded', 'worker'),
    writer.ack(1n),
    nobody.send('guarded', { payload: 2 }),
    nobody.ack(1n),
  ];
  for (const outcome of await Promise.allSettled(denied)) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(PermissionDeniedError) });
  }
  const consumer = createConsumer(reader, { queue: 'guarded', name: 'worker', members: 'auto' });
  expect(await consumer.on('*', () => {}).drain()).toBe(1);

  await client.sendBatch('guarded', 'default', [1]);
  await tick(client, 'guarded');
  await reader.registerSubconsumer('guarded', 'worker', 'slow', { convertNormal: true });
  const [lost] = await reader.receiveCoop('guarded', 'worker', 'slow');
  const [taken] = await reader.receiveCoop('guarded', 'worker', 'quick', { deadIntervalMs: 0 });
  expect(taken?.msgId).toBe(lost?.msgId);
  expect(await reader.ack(lost?.batchId ?? 0n)).toBe(0);
  await expect(reader.nack(lost?.batchId ?? 0n, lost ?? expect.fail())).rejects.toThrow(BatchNotFoundError);
  expect(await reader.ack(taken?.batchId ?? 0n)).toBe(1);
});

test('Health and metrics that are true: real backlog, lag seconds, rotation age, ticker age; readiness fails when not consuming', async () => {
  const own = await openTestDatabase();
  const looking = await connectTo(own.url);
  // Its forced tick moves the event sequence by 2,000.
  await openQueue(looking, 'measured', ['a', 'b', 'c']);
  expect(await looking.getConsumerInfo('measured')).toMatchObject([{ pendingEvents: 3 }]);
  await passTime(own, '1 hour');
  const metrics = new Map((await looking.metrics()).map(({ name, value }) => [name, value]));
  for (const age of ['consumer_lag', 'rotation_age', 'queue_ticker_lag']) {
    expect(metrics.get(`pgque_${age}_seconds`), age).toSatisfy((seconds: number) => seconds >= 3600 && seconds < 3700);
  }
  const consumer = createConsumer(looking, { queue: 'measured', name: 'worker' }).on('*', () => {});
  expect(consumer.health()).toMatchObject({ isHealthy: false, state: 'idle' });
  await tick(looking, 'measured');
  await consumer.start();
  await expect.poll(() => consumer.health()).toMatchObject({ isHealthy: true, state: 'waiting', acked: 3 });
  expect(await looking.getConsumerInfo('measured')).toMatchObject([{ pendingEvents: 0 }]);
  await consumer.stop();
  expect(consumer.health()).toMatchObject({ isHealthy: false, state: 'stopped' });
});
