import { openPooler, openTestDatabase } from '@pgque/testing';
import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { afterAll, describe, expect, test } from 'vitest';
import { fromDrizzle } from '../src/adapters/drizzle.ts';
import { fromPostgres } from '../src/adapters/postgres.ts';
import { type Client, type ConnectOptions, connect, createClient, install } from '../src/index.ts';
import { tour } from './adapters/tour.ts';
import { terminateClients } from './block-sends.ts';
import { recordingLogger } from './recording-logger.ts';
import { tick } from './tick.ts';

const database = await openTestDatabase();
const pooler = await openPooler(database.url, { poolSize: 5 });
const fifty = Array.from({ length: 50 }, (_, index) => index);

async function openClient(options: Omit<ConnectOptions, 'url'> = {}): Promise<Client> {
  const client = await connect({ url: pooler.url, ...options });
  afterAll(() => client.close());
  return client;
}

/** What a client answers to everything, on a database of its own. */
async function tourOf(open: (url: string) => Promise<{ client: Client; end?(): Promise<void> }>, isPooled: boolean) {
  const { url } = await openTestDatabase({ engine: false });
  await using front = isPooled ? await openPooler(url) : undefined;
  const { client, end } = await open(front?.url ?? url);
  await install(client);
  const answers = await tour(client);
  await client.close();
  await end?.();
  return answers;
}

test('every function answers as it does without a pooler', async () => {
  const onPg = async (url: string) => ({ client: await connect(url) });
  const onPostgres = async (url: string) => {
    const sql = postgres(url, { prepare: false, onnotice: () => {} });
    return { client: createClient(fromPostgres(sql)), end: () => sql.end() };
  };
  const expected = await tourOf(onPg, false);
  expect(await tourOf(onPg, true)).toEqual(expected);
  expect(await tourOf(onPostgres, true)).toEqual(expected);
});

test('fifty connections share five, for calls and for transactions', async () => {
  const client = await openClient({ maxConnections: 50, gatherSends: false });
  await client.createQueue('shared');
  await client.subscribe('shared', 'processor');
  const sent = await Promise.all([
    ...fifty.map((payload) => client.send('shared', { payload })),
    ...fifty.map((payload) =>
      client.transaction(async (tx) => {
        const [before] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
        const id = await tx.savepoint((inner) => inner.send('shared', { payload }));
        const [after] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
        expect(after).toEqual(before);
        return id;
      }),
    ),
  ]);
  await tick(client, 'shared');
  const messages = await client.receive('shared', 'processor', 1000);
  expect(messages.map(({ msgId }) => msgId)).toEqual(sent.toSorted((a, b) => Number(a - b)));
  await client.ack(messages[0]?.batchId ?? 0n);
});

describe.each([
  ['postgres', (sql: postgres.Sql) => fromPostgres(sql)],
  ['Drizzle on postgres', (sql: postgres.Sql) => fromDrizzle(drizzle({ client: sql }))],
] as const)('%s', (name, adapt) => {
  test.each([true, false])('with prepare: %s takes no rollback for a commit', async (prepare) => {
    const sql = postgres(pooler.url, { prepare, max: 20, onnotice: () => {} });
    const client = createClient<unknown>(adapt(sql), { gatherSends: false });
    const queue = `${name} ${prepare}`;
    await client.createQueue(queue);
    await client.subscribe(queue, 'processor');
    const sent = await Promise.all(fifty.map((payload) => client.send(queue, { payload })));
    const outcomes = await Promise.allSettled(
      fifty.map((payload) => client.transaction((tx) => tx.send(queue, { payload }))),
    );
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') sent.push(outcome.value);
      else
        expect(outcome.reason).toMatchObject({ code: 'transaction_aborted', hint: expect.stringContaining('prepare') });
    }
    await tick(client, queue);
    const messages = await client.receive(queue, 'processor', 1000);
    expect(messages.map(({ msgId }) => msgId)).toEqual(sent.toSorted((a, b) => Number(a - b)));
    if (!prepare) expect(sent).toHaveLength(100);
    await sql.end();
  });
});

test('postgres with prepare: true asks for nothing more when no pooler stands in between', async () => {
  const asked: string[] = [];
  const sql = postgres(database.url, {
    prepare: true,
    max: 1,
    onnotice: () => {},
    debug: (_, text) => asked.push(text),
  });
  const client = createClient(fromPostgres(sql));
  for (let round = 0; round < 3; round += 1) await client.transaction((tx) => tx.version());
  expect(asked.filter((text) => text.includes('pg_xact_status'))).toEqual([]);
  await sql.end();
});

test('backends that are terminated reject what they did, and the next calls get others', async () => {
  const client = await openClient({ gatherSends: false });
  await client.createQueue('terminated');
  const outcome = client.transaction(async (tx) => {
    await tx.send('terminated', { payload: 'lost' });
    expect(await terminateClients(database)).toBeGreaterThan(0);
    await tx.send('terminated', { payload: 'too late' });
  });
  await expect(outcome).rejects.toMatchObject({ name: 'ConnectionError' });
  // Each connection may have lost its backend and learns so by its next call.
  await Promise.allSettled(fifty.map((payload) => client.send('terminated', { payload })));
  expect(await Promise.all(fifty.map((payload) => client.send('terminated', { payload })))).toHaveLength(50);
});

test('what listens through it is found deaf, which is said once', async () => {
  const logger = recordingLogger();
  const client = await openClient({ logger });
  const heard: unknown[] = [];
  const subscriptions = ['orders', 'invoices'].map((channel) =>
    client.listen(channel, (payload) => heard.push(payload)),
  );
  await expect.poll(() => logger.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
  expect(subscriptions.map((subscription) => subscription?.isHearing)).toEqual([false, false]);
  // Those who wait are told to look for themselves from now on.
  expect(heard).toEqual([undefined, undefined]);
  const late = client.listen('late', () => {});
  expect(late?.isHearing).toBe(false);
  await database.query("notify orders, 'a'");
  await client.close();
  expect(heard).toEqual([undefined, undefined]);
  expect(logger.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
});

test('with the address of the server itself it hears', async () => {
  const logger = recordingLogger();
  const client = await openClient({ direct: database.url, logger });
  const heard: unknown[] = [];
  const subscription = client.listen('orders', (payload) => heard.push(payload));
  await expect.poll(() => subscription?.isHearing).toBe(true);
  await client.transaction((tx) => tx.query("notify orders, 'a'"));
  await expect.poll(() => heard).toEqual([undefined, 'a']);
  expect(logger.lines.filter(({ level }) => level === 'warn')).toEqual([]);
});

test('a time limit that it refuses is named', async () => {
  await expect(connect({ url: pooler.url, statementTimeoutMs: 1000 })).rejects.toMatchObject({
    code: 'connection_failed',
    sqlstate: '08P01',
    hint: expect.stringContaining('statementTimeoutMs'),
  });
  const client = await openClient({ direct: { url: pooler.url, statementTimeoutMs: 1000 } });
  await expect(client.openSession()).rejects.toMatchObject({ hint: expect.stringContaining('statementTimeoutMs') });
});
