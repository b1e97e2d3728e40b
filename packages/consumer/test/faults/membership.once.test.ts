import { openPrivateServer, type TestDatabase } from '@pgque/testing';
import { type Client, connect } from 'pgque';
import { expect, test } from 'vitest';
import { passTime } from '../../../../sql/test/support/pass-time.ts';
import { createConsumer, type Duration } from '../../src/index.ts';
import { LogBook } from '../log-book.ts';
import { openQueue, tick } from '../open-bench.ts';

const { database } = await openPrivateServer();

async function openClient(password: string | (() => string)): Promise<Client> {
  const { hostname, port, pathname } = new URL(database.url);
  const address = { host: hostname, port: Number(port), database: pathname.slice(1), user: 'worker', password };
  return await connect({ ...address, logger: new LogBook(), applicationName: 'member' });
}

await database.query(`create role worker login password 'first'; grant pgque_admin to worker`);
const client = await openClient('first');
const other = await connect({ url: database.url, logger: new LogBook() });

/** The members of a consumer by name. */
async function members(queue: string): Promise<string[]> {
  const names = (await other.consumerStats(queue)).map(({ consumer }) => consumer);
  return names.filter((name) => name.startsWith('worker.')).map((name) => name.slice('worker.'.length));
}

function create(queue: string, deadInterval: Duration = '30s') {
  return createConsumer(client, { queue, name: 'worker', members: 'auto', deadInterval, pollInterval: '50ms' });
}

test('a member that others removed for its silence joins again, also when none of them is left', async () => {
  await openQueue(other, 'silent');
  const seen: unknown[] = [];
  await using consumer = create('silent').on('*', ({ payload }) => void seen.push(payload));
  await consumer.start();
  for (const payload of ['first', 'second']) {
    for (const member of await members('silent')) {
      await other.unregisterSubconsumer('silent', 'worker', member, { batchHandling: 1 });
    }
    await other.send('silent', { payload });
    await tick(other, 'silent');
    await expect.poll(() => seen.at(-1)).toBe(payload);
  }
  expect(await members('silent')).toHaveLength(1);
});

test('who starts removes members that died, whether they ever had a batch or not, and nobody else', async () => {
  await openQueue(other, 'left behind');
  const longAgo = (Date.now() - 3_600_000).toString(36);
  await other.registerSubconsumer('left behind', 'worker', 'named by somebody', { convertNormal: true });
  await other.registerSubconsumer('left behind', 'worker', `auto-${longAgo}-host-1-never`);
  await other.registerSubconsumer('left behind', 'worker', `auto-${longAgo}-host-2-once`);
  await other.send('left behind', { payload: 1 });
  await tick(other, 'left behind');
  const [message] = await other.receiveCoop('left behind', 'worker', `auto-${longAgo}-host-2-once`);
  await other.ack(message?.batchId ?? 0n);
  await passTime(await database.connect(), '1 hour');
  await other.registerSubconsumer('left behind', 'worker', `auto-${Date.now().toString(36)}-host-3-new`);
  await using consumer = create('left behind').on('*', () => {});
  await consumer.start();
  const left = await members('left behind');
  expect(left).toContain('named by somebody');
  expect(left).toHaveLength(3);
  expect(left.some((name) => /never|once/.test(name))).toBe(false);
});

test('a member that is removed while it works hears that its batch is lost', async () => {
  await openQueue(other, 'removed', ['again']);
  const running = Promise.withResolvers<AbortSignal>();
  await using consumer = create('removed', '600ms').on('*', async ({ retryCount }, { signal }) => {
    if (retryCount !== null) return;
    running.resolve(signal);
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
  });
  await consumer.start();
  const signal = await running.promise;
  const [member = ''] = await members('removed');
  await other.unregisterSubconsumer('removed', 'worker', member, { batchHandling: 1 });
  await expect.poll(() => signal.aborted).toBe(true);
  await tick(other, 'removed');
  await expect.poll(() => consumer.health().acked).toBe(1);
});

test('heartbeats go on with a new password when the first has expired and their connection is lost', async () => {
  await openQueue(other, 'expired', ['slow']);
  let password = 'first';
  const own = await openClient(() => password);
  const running = Promise.withResolvers<AbortSignal>();
  const finish = Promise.withResolvers<void>();
  const options = { queue: 'expired', name: 'worker', members: 'auto', deadInterval: '10s' } as const;
  await using consumer = createConsumer(own, options).on('*', async (_, { signal }) => {
    running.resolve(signal);
    await finish.promise;
  });
  await consumer.start();
  const signal = await running.promise;
  const beats = await heartbeats(database);
  password = 'second';
  await database.query(`alter role worker password 'second'`);
  await database.query('select pg_terminate_backend($1)', [beats]);
  // The thread that knows the old password gives up, and the next one has the new.
  await expect.poll(() => heartbeats(database), { timeout: 20_000 }).not.toBe(beats);
  expect(await other.receiveCoop('expired', 'worker', 'vulture', { deadIntervalMs: 10_000 })).toEqual([]);
  expect(signal.aborted).toBe(false);
  finish.resolve();
  await expect.poll(() => consumer.health().acked).toBe(1);
  await own.close();
});

/** The backend that hears the heartbeats, once there is one. */
async function heartbeats(on: TestDatabase): Promise<number> {
  const find = async (): Promise<number | undefined> => {
    const [row] = await on.query<{ pid: number }>(
      `select pid from pg_stat_activity where application_name = 'member heartbeat' and query like '%touch_subconsumer%'`,
    );
    return row?.pid;
  };
  let pid: number | undefined;
  await expect.poll(async () => (pid = await find()), { timeout: 20_000 }).toBeDefined();
  return pid ?? expect.fail();
}
