import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openTestDatabase } from '@pgque/testing';
import { connect } from 'pgque';
import { expect, test } from 'vitest';
import { runCli, runJson } from './run-cli.ts';

const { url } = await openTestDatabase();
const cli = (...args: string[]) => runCli(url, ...args);
const json = <Result>(...args: string[]) => runJson<Result>(url, ...args);

test('install, migrate and plan: a database without the engine, and one that is up to date', async () => {
  const empty = await openTestDatabase({ engine: false });
  expect((await runCli(empty.url, 'migrate')).exitCode).toBe(1);
  expect(await runCli(empty.url, 'status')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('pgque install'),
  });
  expect((await runCli(empty.url, 'plan')).stdout).toContain('create schema');
  const installed = await runJson<{ from: unknown; to: { version: string } }>(empty.url, 'install');
  expect(installed.from).toBeNull();
  expect((await runCli(empty.url, 'plan')).stdout).toBe('');
  expect((await runCli(empty.url, 'install')).stdout).toBe(`PgQue ${installed.to.version} is there already.\n`);
  expect((await runCli(empty.url, 'migrate')).exitCode).toBe(0);
  expect((await runCli('postgresql://localhost:1/nowhere', 'plan', '--full')).stdout).toContain('create schema');
});

test('uninstall asks, and removes everything', async () => {
  const doomed = await openTestDatabase();
  await runCli(doomed.url, 'queue', 'create', 'orders');
  expect(await runCli(doomed.url, 'uninstall')).toMatchObject({
    exitCode: 5,
    stderr: expect.stringContaining('1 queue and all their events'),
  });
  expect(await runJson(doomed.url, 'uninstall', '--yes')).toEqual({ uninstalled: true, queues: 1 });
  expect((await runCli(doomed.url, 'queue', 'list')).exitCode).toBe(1);
});

test('queues are created, listed, configured, paused and dropped', async () => {
  expect(await json('queue', 'create', 'orders', 'maxRetries=3')).toEqual({ queue: 'orders', created: true });
  expect(await json('queue', 'create', 'orders')).toEqual({ queue: 'orders', created: false });
  expect(await json('queue', 'list')).toMatchObject([{ queue: 'orders', consumers: 0 }]);
  expect((await cli('queue', 'list')).stdout).toMatch(/^ queue .*\n orders /);
  expect(await json('queue', 'config', 'orders', 'tickerMaxCount=7', 'disableInsert=true')).toMatchObject({
    maxRetries: 3,
    tickerMaxCount: 7,
    disableInsert: true,
  });
  expect(await json('queue', 'config', 'orders', 'maxRetries=default')).toMatchObject({ maxRetries: 5 });
  expect(await json('queue', 'pause', 'orders')).toEqual({ queue: 'orders', paused: true });
  expect(await json('queue', 'config', 'orders')).toMatchObject({ tickerPaused: true });
  expect(await json('queue', 'resume', 'orders')).toEqual({ queue: 'orders', paused: false });
  await json('consumer', 'subscribe', 'orders', 'billing');
  expect((await cli('queue', 'drop', 'orders')).exitCode).toBe(5);
  expect((await cli('queue', 'drop', 'orders', '--yes')).exitCode).toBe(1);
  expect(await json('queue', 'drop', 'orders', '--yes', '--force')).toEqual({ queue: 'orders', dropped: true });
  expect((await cli('queue', 'list')).stdout).toContain('There are no queues.');
});

test('consumers are subscribed, listed, moved and unsubscribed', async () => {
  await json('queue', 'create', 'moved');
  expect(await json('consumer', 'subscribe', 'moved', 'c', 'earliest')).toMatchObject({ subscribed: true });
  expect(await json('consumer', 'subscribe', 'moved', 'c')).toMatchObject({ subscribed: false });
  expect(await json('consumer', 'list', 'moved')).toMatchObject([
    { queue: 'moved', consumer: 'c', pendingEventsEstimate: 0 },
  ]);
  expect((await cli('consumer', 'list')).stdout).toContain(' moved ');
  expect(await json('consumer', 'seek', 'moved', 'c', '1', '--yes')).toEqual({
    queue: 'moved',
    consumer: 'c',
    tickId: '1',
  });
  expect((await cli('consumer', 'seek', 'moved', 'c', 'latest')).exitCode).toBe(5);
  expect((await cli('consumer', 'seek', 'moved', 'c', '77', '--yes')).exitCode).toBe(1);
  expect((await cli('consumer', 'seek', 'moved', 'c', 'soon', '--yes')).exitCode).toBe(2);
  expect((await cli('consumer', 'unsubscribe', 'moved', 'c')).exitCode).toBe(5);
  expect(await json('consumer', 'unsubscribe', 'moved', 'c', '--yes')).toMatchObject({ unsubscribed: true });
  expect(await json('consumer', 'unsubscribe', 'moved', 'c', '--yes')).toMatchObject({ unsubscribed: false });
});

test('send takes a payload, a file or lines', async () => {
  await json('queue', 'create', 'sent');
  await json('consumer', 'subscribe', 'sent', 'c');
  const file = join(tmpdir(), `pgque-cli-${process.pid}.json`);
  const lines = join(tmpdir(), `pgque-cli-${process.pid}.ndjson`);
  await writeFile(file, '{"from":"file"}\n');
  await writeFile(lines, `${Array.from({ length: 2500 }, (_, n) => `{"n":${n}}`).join('\n')}\n`);
  expect(await json('send', 'sent', '{"a":1}', '--type', 'order.created')).toEqual({ queue: 'sent', id: '1' });
  expect(await json('send', 'sent', 'no json')).toEqual({ queue: 'sent', id: '2' });
  expect(await json('send', 'sent', '--file', file)).toEqual({ queue: 'sent', id: '3' });
  expect(await json('send', 'sent', '--ndjson', lines)).toEqual({ queue: 'sent', sent: 2500 });
  await using client = await connect(url);
  await client.forceNextTick('sent');
  await client.tick('sent');
  const messages = await client.receive('sent', 'c', 10_000);
  expect(messages).toHaveLength(2503);
  expect(messages.slice(0, 4).map(({ type, payload }) => [type, payload])).toEqual([
    ['order.created', { a: 1 }],
    ['default', 'no json'],
    ['default', { from: 'file' }],
    ['default', { n: 0 }],
  ]);
});

test('send says what of the lines was sent when one is bad', async () => {
  await json('queue', 'create', 'partly');
  const lines = join(tmpdir(), `pgque-cli-bad-${process.pid}.ndjson`);
  await writeFile(lines, `${'1\n'.repeat(1500)}oops\n`);
  expect(await cli('send', 'partly', '--ndjson', lines)).toMatchObject({
    exitCode: 1,
    stderr: 'pgque: line 1501 is no JSON\nThe 1000 events up to line 1000 were sent, and none after it.\n',
  });
});

test('dead letters are listed, shown, sent again and purged', async () => {
  await using client = await connect(url);
  await client.createQueue('dead');
  await client.subscribe('dead', 'c');
  await client.sendBatch('dead', 'order.created', [{ n: 1 }, { n: 2 }, { n: 3 }]);
  await client.forceNextTick('dead');
  await client.tick('dead');
  const messages = await client.receive('dead', 'c');
  await client.settle(
    messages[0]?.batchId ?? 0n,
    messages.map(({ msgId }) => ({ msgId, dead: true, reason: 'bad' })),
  );
  const letters = await json<{ deadLetterId: string; payload: unknown }[]>('dlq', 'list', 'dead');
  expect(letters).toHaveLength(3);
  expect(await json('dlq', 'list', 'dead', '--limit', '1')).toHaveLength(1);
  expect((await cli('dlq', 'list', 'dead')).stdout).toContain('{"n":1}');
  const [first] = letters;
  const id = first?.deadLetterId ?? '';
  expect(await json('dlq', 'show', 'dead', id)).toEqual(first);
  expect((await cli('dlq', 'show', 'dead', '999999')).exitCode).toBe(1);
  expect(await json('dlq', 'replay', id)).toEqual({ deadLetterId: id, eventId: expect.stringMatching(/^\d+$/) });
  expect((await cli('dlq', 'replay', id)).exitCode).toBe(1);
  expect(await json('dlq', 'replay', '--all', 'dead')).toMatchObject({ replayed: 2, failed: 0 });
  expect((await cli('dlq', 'replay')).exitCode).toBe(2);
  expect((await cli('dlq', 'purge', 'dead')).exitCode).toBe(5);
  expect(await json('dlq', 'purge', 'dead', '--older-than', '1h', '--yes')).toEqual({ queue: 'dead', purged: 0 });
});

test('status and doctor describe the install; doctor fails when something does', async () => {
  expect(await json('status')).toMatchObject({
    components: expect.arrayContaining([expect.objectContaining({ component: 'pgque' })]),
  });
  expect((await cli('status')).stdout).toContain('\nConsumers\n');
  const empty = await openTestDatabase({ engine: false });
  const { exitCode, stdout, stderr } = await runCli(empty.url, 'doctor');
  expect(exitCode).toBe(4);
  expect(stdout).toContain('Run: pgque install');
  expect(stderr).toContain('1 of 4 checks failed');
  const fresh = await openTestDatabase();
  const findings = await runJson<{ check: string; status: string }[]>(fresh.url, 'doctor');
  for (const check of ['server', 'role', 'listen', 'engine', 'ticker']) {
    expect(findings).toContainEqual(expect.objectContaining({ check }));
  }
});

test('doctor names who lacks the roles', async () => {
  const database = await openTestDatabase();
  const name = `nobody_${process.pid}`;
  await database.query(`create role ${name} login password 'x'`);
  try {
    const stranger = new URL(database.url);
    stranger.username = name;
    stranger.password = 'x';
    const { stdout, exitCode } = await runCli(stranger.href, 'doctor');
    expect(stdout).toContain(`grant pgque_writer, pgque_reader to ${name}`);
    expect(exitCode).not.toBe(0);
  } finally {
    await database.query(`drop role ${name}`);
  }
});

test('bench measures in a queue of its own and drops it', async () => {
  const before = await json<unknown[]>('queue', 'list');
  expect(await json('bench', '--events', '500')).toMatchObject({ events: 500, deliveryP50Ms: expect.any(Number) });
  expect(await json<unknown[]>('queue', 'list')).toHaveLength(before.length);
});

test.each([
  ['an unknown command', ['bogus'], 2],
  ['an unknown option', ['queue', 'list', '--bogus'], 2],
  ['a missing argument', ['send'], 2],
  ['nothing to send', ['send', 'q'], 2],
  ['two things to send', ['send', 'q', '1', '--ndjson'], 2],
  ['a file that is not there', ['send', 'q', '--file', '/nonexistent'], 2],
  ['lines that are not there', ['send', 'q', '--ndjson', '/nonexistent'], 2],
  ['a setting that does not exist', ['queue', 'create', 'q', 'speed=9'], 2],
  ['a setting with a bad value', ['queue', 'create', 'q', 'maxRetries=many'], 2],
  ['a count of nothing', ['dlq', 'list', 'q', '--limit', '0'], 2],
  ['a duration without a unit', ['dlq', 'purge', 'q', '--older-than', '7'], 2],
  ['a queue that does not exist', ['send', 'nowhere', '1'], 1],
  ['tail of a queue that does not exist', ['tail', 'nowhere'], 1],
  ['the settings of a queue that does not exist', ['queue', 'config', 'nowhere'], 1],
  ['dead letters of a queue that does not exist', ['dlq', 'list', 'nowhere'], 1],
  ['a name that is none', ['queue', 'create', ''], 1],
  ['a server that does not exist', ['--url', 'postgresql://localhost:1/x', 'queue', 'list'], 3],
  ['an address that is none', ['--url', 'nonsense', 'queue', 'list'], 3],
  ['help', ['queue', '--help'], 0],
  ['the version', ['--version'], 0],
])('%s: the exit status of pgque %s is %i', async (_, args, exitCode) => {
  const result = await cli(...args);
  expect([result.exitCode, result.stderr.length > 0]).toEqual([exitCode, exitCode !== 0]);
});
