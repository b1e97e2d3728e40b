// Poolers, replicas and notifications: a wish of users of other queues and what has hurt them, each by its sentence.
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { closeAtEndOfFile, openPooler, openPrivateServer, openTestDatabase } from '@pgque/testing';
import { type ConnectOptions, connect } from 'pgque';
import { expect, test } from 'vitest';
import { createConsumer, createTicker } from '../../src/index.ts';
import { LogBook } from '../log-book.ts';
import { openQueue, tick } from '../open-bench.ts';

async function open(options: ConnectOptions) {
  const log = new LogBook();
  const client = await connect({ ...options, logger: log });
  return { client: closeAtEndOfFile(client), log };
}

test('PgBouncer-tx / Supavisor / replica-routing safe, tested', { timeout: 120_000 }, async () => {
  const database = await openTestDatabase();
  const pooler = await openPooler(database.url);
  const { client } = await open({ url: pooler.url, direct: database.url });
  const kinds = {
    worker: {},
    shared: { members: 'auto' },
    exact: { mode: 'exactly-once' },
  } as const;
  await openQueue(client, 'pooled');
  await using ticker = createTicker(client);
  await ticker.start();
  const seen = new Map<string, unknown[]>();
  const consumers = Object.entries(kinds).map(([name, options]) => {
    const handled: unknown[] = [];
    seen.set(name, handled);
    const consumer = createConsumer(client, { queue: 'pooled', name, startAt: 'latest', ...options });
    return consumer.on('*', ({ payload }) => void handled.push(payload));
  });
  await Promise.all(consumers.map((consumer) => consumer.start()));
  const numbers = Array.from({ length: 100 }, (_, index) => index);
  await Promise.all(numbers.map((payload) => client.send('pooled', { payload })));
  for (const [name, handled] of seen)
    await expect.poll(() => handled.toSorted(), { message: name }).toEqual(numbers.toSorted());
  for (const consumer of consumers) expect(consumer.health()).toMatchObject({ isHealthy: true, isHearing: true });
  await Promise.all(consumers.map((consumer) => consumer.stop()));

  // Whoever is led to a replica is told that it consumes nothing, and goes on when that is promoted.
  const { server, database: routed } = await openPrivateServer({ durable: true });
  const { client: away } = await open({ url: routed.url });
  await openQueue(away, 'routed', ['sent before']);
  const handled: unknown[] = [];
  await using consumer = createConsumer(away, { queue: 'routed', name: 'worker' });
  await server.kill('SIGINT');
  closeSync(openSync(join(server.dataDirectory ?? '', 'standby.signal'), 'w'));
  await server.start();
  const starting = consumer.on('*', ({ payload }) => void handled.push(payload)).start();
  await expect.poll(() => consumer.health()).toMatchObject({ lastError: { sqlstate: '25006' }, isHealthy: false });
  expect(handled).toEqual([]);
  await routed.query('select pg_promote()');
  await starting;
  await expect.poll(() => handled).toEqual(['sent before']);
  await expect.poll(() => consumer.health().isHealthy).toBe(true);
});

test('Trusting LISTEN: deaf behind poolers, dead after reconnect, raises poll floor', { timeout: 60_000 }, async () => {
  const database = await openTestDatabase();
  const pooler = await openPooler(database.url);
  const { client: pooled, log } = await open({ url: pooler.url });
  const { client: direct } = await open({ url: database.url, applicationName: 'hears' });
  await openQueue(direct, 'heard');
  await direct.subscribe('heard', 'deaf');
  const options = { queue: 'heard', idlePollInterval: '1h' } as const;
  const seen: Record<string, unknown[]> = { deaf: [], hearing: [] };
  await using deaf = createConsumer(pooled, { ...options, name: 'deaf', pollInterval: '50ms' });
  await using hearing = createConsumer(direct, { ...options, name: 'worker', pollInterval: '1h' });
  await deaf.on('*', ({ payload }) => void seen['deaf']?.push(payload)).start();
  await hearing.on('*', ({ payload }) => void seen['hearing']?.push(payload)).start();
  const send = async (payload: unknown): Promise<void> => {
    await direct.send('heard', { payload });
    await tick(direct, 'heard');
    await expect.poll(() => Object.values(seen).map((payloads) => payloads.at(-1))).toEqual([payload, payload]);
  };
  await expect.poll(() => hearing.health().isHearing).toBe(true);
  await send('first');
  const findListener = () =>
    database.query<{ pid: number }>(
      `select pid from pg_stat_activity
       where datname = current_database() and application_name like 'hears%' and query ilike 'listen%'`,
    );
  const [listener] = await findListener();
  await database.query('select pg_terminate_backend($1)', [listener?.pid]);
  await expect.poll(findListener).toEqual([{ pid: expect.toSatisfy((pid: number) => pid !== listener?.pid) }]);
  await expect.poll(() => hearing.health().isHearing).toBe(true);
  await send('after the connection that listens was lost');
  await expect.poll(() => log.of('warn')).toContainEqual(expect.stringMatching(/listen|notification/));
  expect(deaf.health()).toMatchObject({ isHearing: false, isHealthy: true });
});
