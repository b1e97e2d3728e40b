import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openPrivateServer, openProxy, openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { connect, createClient, openSession } from '../src/index.ts';
import { Listener, type ListenerOptions } from '../src/session/listener.ts';
import { terminateClients } from './block-sends.ts';
import { recordingLogger } from './recording-logger.ts';

const database = await openTestDatabase();

/** Longer than a test: what must end early does not end by them. */
const patience = { connectTimeoutMs: 60_000, queryTimeoutMs: 60_000 };

/** A listener of the test's own, and the way to notify. */
function openListener(options: Partial<ListenerOptions> & { url?: string } = {}) {
  const logger = recordingLogger();
  const listener = new Listener({
    open: (signal) => openSession({ ...patience, url: options.url ?? database.url }, signal),
    notify,
    logger,
    ...options,
  });
  return {
    listener,
    logger,
    /** Subscribes, and keeps what is heard. */
    hear(channel: string) {
      const heard: (string | undefined)[] = [];
      const subscription = listener.subscribe(channel, (payload) => heard.push(payload));
      return { heard, subscription };
    },
    [Symbol.asyncDispose]: () => listener.close(),
  };
}

async function notify(channel: string, payload: string): Promise<void> {
  await database.query('select pg_notify($1, $2)', [channel, payload]);
}

function sessions(): Promise<{ pid: number }[]> {
  return database.query(`
    select pid from pg_stat_activity where datname = current_database() and application_name = 'pgque'`);
}

test('a subscriber is woken once when it hears, and then by each notification of its channel', async () => {
  await using open = openListener();
  const { heard, subscription } = open.hear('Orders "1"');
  expect(subscription.isHearing).toBe(false);
  await expect.poll(() => heard).toEqual([undefined]);
  expect(subscription.isHearing).toBe(true);
  await notify('Orders "1"', 'a');
  await notify('orders', 'b');
  await notify('Orders "1"', 'c');
  await expect.poll(() => heard).toEqual([undefined, 'a', 'c']);
});

test('all share one connection, whenever they come, and each hears its own channel', async () => {
  await using open = openListener();
  const first = open.hear('orders');
  await expect.poll(() => first.subscription.isHearing).toBe(true);
  const second = open.hear('orders');
  const other = open.hear('invoices');
  await expect.poll(() => [second.heard, other.heard]).toEqual([[undefined], [undefined]]);
  await notify('orders', 'a');
  await notify('invoices', 'b');
  await expect
    .poll(() => [first.heard, second.heard, other.heard])
    .toEqual([
      [undefined, 'a'],
      [undefined, 'a'],
      [undefined, 'b'],
    ]);
  expect(await sessions()).toHaveLength(1);

  first.subscription.close();
  await notify('orders', 'c');
  await expect.poll(() => second.heard).toEqual([undefined, 'a', 'c']);
  second.subscription.close();
  const again = open.hear('orders');
  await expect.poll(() => again.heard).toEqual([undefined]);
  await notify('orders', 'd');
  await expect.poll(() => again.heard).toEqual([undefined, 'd']);
  expect([first.heard, second.heard]).toEqual([
    [undefined, 'a'],
    [undefined, 'a', 'c'],
  ]);
});

test('when the last one leaves the connection ends, and opens again for the next', async () => {
  await using open = openListener();
  const { heard, subscription } = open.hear('orders');
  await expect.poll(() => heard).toEqual([undefined]);
  subscription.close();
  expect(subscription.isHearing).toBe(false);
  // Before the connection has ended.
  const next = open.hear('orders');
  await expect.poll(() => next.subscription.isHearing).toBe(true);
  await notify('orders', 'a');
  await expect.poll(() => next.heard.at(-1)).toBe('a');
  next.subscription.close();
  await expect.poll(sessions).toEqual([]);
  expect(heard).toEqual([undefined]);
});

test('one that throws takes nothing from the others', async () => {
  await using open = openListener();
  open.listener.subscribe('orders', () => {
    throw new Error('cannot hear this');
  });
  const { heard } = open.hear('orders');
  await expect.poll(() => heard).toEqual([undefined]);
  await notify('orders', 'a');
  await expect.poll(() => heard).toEqual([undefined, 'a']);
  expect(open.logger.lines).toContainEqual(expect.objectContaining({ level: 'error' }));
});

test('a channel that cannot be listened to is not heard, and takes nothing from the others', async () => {
  await using open = openListener();
  const impossible = open.hear('');
  const { heard } = open.hear('orders');
  await expect.poll(() => heard).toEqual([undefined]);
  await notify('orders', 'a');
  await expect.poll(() => heard).toEqual([undefined, 'a']);
  expect(impossible.subscription.isHearing).toBe(false);
});

test('after a terminated connection another one hears, and everyone looks for what was missed', async () => {
  await using open = openListener();
  const first = open.hear('orders');
  const second = open.hear('invoices');
  for (let round = 1; round <= 12; round += 1) {
    await expect.poll(() => [first.subscription.isHearing, second.subscription.isHearing]).toEqual([true, true]);
    expect([first.heard, second.heard]).toEqual([[undefined], [undefined]]);
    expect(await terminateClients(database)).toBe(1);
    // Once since nobody wakes it, once since something may have been missed.
    await expect.poll(() => [first.heard, second.heard]).toEqual([Array(3), Array(3)]);
    for (const { heard } of [first, second]) heard.splice(0, 2);
  }
  await notify('orders', 'a');
  await expect.poll(() => first.heard).toEqual([undefined, 'a']);
});

test('who subscribes while the connection is opened again hears too', async () => {
  await using proxy = await openProxy(database.url);
  await using open = openListener({ url: proxy.url });
  const first = open.hear('orders');
  await expect.poll(() => first.subscription.isHearing).toBe(true);
  proxy.stall();
  proxy.cut();
  await expect.poll(() => proxy.connections).toBe(1);
  const second = open.hear('invoices');
  expect([first.subscription.isHearing, second.subscription.isHearing]).toEqual([false, false]);
  proxy.resume();
  await expect.poll(() => second.heard).toEqual([undefined]);
  await notify('invoices', 'a');
  await expect.poll(() => second.heard).toEqual([undefined, 'a']);
});

test('a connection that goes silent is noticed, and another one hears', async () => {
  await using proxy = await openProxy(database.url);
  await using open = openListener({ url: proxy.url, pingIntervalMs: 50, pingTimeoutMs: 1000 });
  const { heard, subscription } = open.hear('orders');
  await expect.poll(() => heard).toEqual([undefined]);
  proxy.blackhole();
  proxy.resume();
  await expect.poll(() => subscription.isHearing).toBe(false);
  await expect.poll(() => heard).toEqual(Array(3));
  await notify('orders', 'a');
  await expect.poll(() => heard.at(-1)).toBe('a');
});

test('a network that stands still for a moment loses nothing', async () => {
  await using proxy = await openProxy(database.url);
  await using open = openListener({ url: proxy.url });
  const { heard } = open.hear('orders');
  await expect.poll(() => heard).toEqual([undefined]);
  proxy.stall();
  await notify('orders', 'a');
  await notify('orders', 'b');
  expect(heard).toEqual([undefined]);
  proxy.resume();
  await expect.poll(() => heard).toEqual([undefined, 'a', 'b']);
});

test('a deaf connection is found, said once, and tried again until it hears', async () => {
  let isDeaf = true;
  const probes: string[] = [];
  await using open = openListener({
    probeTimeoutMs: 20,
    deafRetryMs: 20,
    notify: async (channel, payload) => {
      probes.push(payload);
      if (!isDeaf) await notify(channel, payload);
    },
  });
  const { heard, subscription } = open.hear('orders');
  await expect.poll(() => probes.length).toBeGreaterThan(3);
  expect(subscription.isHearing).toBe(false);
  expect(open.logger.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
  isDeaf = false;
  await expect.poll(() => subscription.isHearing).toBe(true);
  await notify('orders', 'a');
  await expect.poll(() => heard.at(-1)).toBe('a');
  expect(open.logger.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
});

test('a wrong address is said once, and tried again', async () => {
  const url = new URL(database.url);
  url.password = 'wrong';
  let attempts = 0;
  await using open = openListener({
    open: (signal) => {
      attempts += 1;
      return openSession(attempts < 4 ? url.href : database.url, signal);
    },
  });
  const { heard } = open.hear('orders');
  await expect.poll(() => heard).toEqual([undefined]);
  expect(open.logger.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
});

test.each(['opened', 'told to listen', 'proven', 'pinged'] as const)(
  'close() ends a connection that is being %s',
  async (moment) => {
    await using proxy = await openProxy(database.url);
    const probed = Promise.withResolvers<void>();
    const open = openListener({
      url: proxy.url,
      pingIntervalMs: 10,
      probeTimeoutMs: patience.queryTimeoutMs,
      pingTimeoutMs: patience.queryTimeoutMs,
      ...(moment === 'proven' && { notify: async () => probed.resolve() }),
      ...(moment === 'told to listen' && {
        open: async (signal) => {
          const session = await openSession({ url: proxy.url, ...patience }, signal);
          proxy.stall();
          probed.resolve();
          return session;
        },
      }),
    });
    if (moment === 'opened') proxy.stall();
    const { subscription } = open.hear('orders');
    if (moment === 'opened') await expect.poll(() => proxy.connections).toBe(1);
    if (moment === 'proven' || moment === 'told to listen') await probed.promise;
    if (moment === 'pinged') {
      await expect.poll(() => subscription.isHearing).toBe(true);
      proxy.stall();
    }
    await open.listener.close();
    proxy.resume();
    await expect.poll(() => proxy.connections).toBe(0);
  },
);

test('a server that restarts is heard again', async () => {
  const { server, database: own } = await openPrivateServer();
  await using client = await connect({ url: own.url, logger: recordingLogger() });
  const heard: (string | undefined)[] = [];
  const subscription = client.listen('orders', (payload) => heard.push(payload));
  for (const signal of ['SIGINT', 'SIGKILL'] as const) {
    await expect.poll(() => subscription?.isHearing).toBe(true);
    await server.kill(signal);
    await expect.poll(() => subscription?.isHearing).toBe(false);
    heard.length = 0;
    await server.start();
    await expect.poll(() => heard).toEqual([undefined]);
  }
  await own.query("notify orders, 'a'");
  await expect.poll(() => heard).toEqual([undefined, 'a']);
});

test('a program that has listened ends by itself when the client is closed', async () => {
  const program = `
    import { connect } from 'pgque';
    const client = await connect(process.argv[1]);
    const session = await client.openSession();
    await new Promise((resolve) => client.listen('orders', resolve));
    await session.close();
    await client.close();`;
  const options = ['--conditions=@pgque/source', '--input-type=module', '--eval', program, database.url];
  const child = spawn(process.execPath, options, { cwd: import.meta.dirname, stdio: 'inherit' });
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('a client without an address listens to nothing, and says so when a session is asked for', async () => {
  await using pooled = await connect(database.url);
  const executor = { query: async () => [], transaction: () => Promise.reject(new Error()), close: async () => {} };
  await using client = createClient(executor);
  expect(client.listen('orders', () => {})).toBeUndefined();
  await expect(client.openSession()).rejects.toMatchObject({ code: 'invalid_argument', hint: expect.any(String) });
  await using session = await pooled.openSession();
  expect(await session.version()).toEqual(expect.any(String));
});

test('a client that is closed listens no longer, and opens nothing for who comes late', async () => {
  const client = await connect(database.url);
  const subscription = client.listen('orders', () => {});
  await expect.poll(() => subscription?.isHearing).toBe(true);
  await client.close();
  expect(subscription?.isHearing).toBe(false);
  const late = client.listen('orders', () => {});
  await expect.poll(sessions).toEqual([]);
  expect(late?.isHearing).toBe(false);
});
