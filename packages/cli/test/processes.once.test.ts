import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { openTestDatabase } from '@pgque/testing';
import { connect } from 'pgque';
import { expect, test } from 'vitest';
import { runJson } from './run-cli.ts';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const { url } = await openTestDatabase();

function start(args: readonly string[], env: NodeJS.ProcessEnv = { ...process.env, DATABASE_URL: url }): ChildProcess {
  return spawn(process.execPath, ['--conditions=@pgque/source', main, ...args], {
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

/** The lines that a process prints, one after the other. */
function linesOf(child: ChildProcess): AsyncIterator<string> {
  if (!child.stdout) throw new Error('nothing is to be read');
  return createInterface({ input: child.stdout })[Symbol.asyncIterator]();
}

async function nextJson<Value>(lines: AsyncIterator<string>): Promise<Value> {
  return JSON.parse((await lines.next()).value as string) as Value;
}

async function stop(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<unknown> {
  const exit = once(child, 'exit');
  child.kill(signal);
  return (await exit)[0];
}

test('dev starts a server with the engine and a ticker, and leaves nothing behind', async () => {
  const child = start(['dev', '--json', '--pg', '17']);
  const { url: devUrl } = await nextJson<{ url: string }>(linesOf(child));
  await runJson(devUrl, 'queue', 'create', 'orders');
  await using client = await connect(devUrl);
  await client.subscribe('orders', 'c');
  await client.send('orders', { payload: 1 });
  await expect.poll(() => client.receive('orders', 'c')).toHaveLength(1);
  await client.close();
  expect(await stop(child, 'SIGINT')).toBe(0);
  await expect(connect(devUrl)).rejects.toThrow();
});

test('dev refuses a PostgreSQL that there is not', async () => {
  const child = start(['dev', '--pg', '9'], { ...process.env });
  expect((await once(child, 'exit'))[0]).toBe(2);
});

test('tail prints what is sent while it runs, with a ticker beside it, and unsubscribes when it is stopped', async () => {
  await using client = await connect(url);
  await client.createQueue('tailed');
  await client.send('tailed', { payload: 'before' });
  const ticker = start(['ticker', '--json']);
  expect(await nextJson(linesOf(ticker))).toEqual({ state: 'leading' });
  const standBy = start(['ticker', '--json']);
  expect(await nextJson(linesOf(standBy))).toEqual({ state: 'standing-by' });
  const tail = start(['tail', 'tailed', '--json']);
  await expect.poll(() => client.consumerStats('tailed')).toHaveLength(1);
  await client.send('tailed', { type: 'a', payload: { n: 1 } });
  expect(await nextJson(linesOf(tail))).toMatchObject({ type: 'a', payload: { n: 1 }, msgId: '2' });
  expect(await stop(tail)).toBe(0);
  expect(await client.consumerStats('tailed')).toEqual([]);
  expect(await stop(ticker)).toBe(0);
  expect(await stop(standBy)).toBe(0);
});

test('tail takes a start and an end', async () => {
  await using client = await connect(url);
  await client.createQueue('limited');
  await client.sendBatch('limited', 't', [1, 2, 3]);
  await client.forceNextTick('limited');
  await client.tick('limited');
  const child = start(['tail', 'limited', '--from', 'earliest', '--limit', '2']);
  const lines = linesOf(child);
  const exit = once(child, 'exit');
  expect((await lines.next()).value).toMatch(/Z {2}1 {2}t {2}1$/);
  expect((await lines.next()).value).toMatch(/Z {2}2 {2}t {2}2$/);
  expect((await lines.next()).done).toBe(true);
  expect((await exit)[0]).toBe(0);
});

test('tail ends when nobody reads any more, and unsubscribes', async () => {
  await using client = await connect(url);
  await client.createQueue('headed');
  await client.forceNextTick('headed');
  const child = start(['tail', 'headed']);
  const exit = once(child, 'exit');
  await expect.poll(() => client.consumerStats('headed')).toHaveLength(1);
  child.stdout?.destroy();
  await client.send('headed', { payload: 1 });
  await client.tick('headed');
  expect((await exit)[0]).toBe(0);
  expect(await client.consumerStats('headed')).toEqual([]);
});

test('send reads lines from standard input, and the address from the PG* variables', async () => {
  await using client = await connect(url);
  await client.createQueue('piped');
  const { hostname, port, username, password, pathname } = new URL(url);
  const child = start(['send', 'piped', '--ndjson', '--json'], {
    PATH: process.env['PATH'],
    PGHOST: hostname,
    PGPORT: port,
    PGUSER: username,
    PGPASSWORD: password,
    PGDATABASE: pathname.slice(1),
  });
  const lines = linesOf(child);
  child.stdin?.end('{"n":1}\n\n{"n":2}');
  expect(await nextJson(lines)).toEqual({ queue: 'piped', sent: 2 });
});

test.each([
  ['bash', '# bash completion for pgque'],
  ['zsh', '#compdef pgque'],
  ['fish', '# fish completion for pgque'],
])('there is completion for %s', async (shell, begin) => {
  expect((await linesOf(start(['completion', shell])).next()).value).toContain(begin);
});

test('completion knows the commands', async () => {
  const { stdout } = start(['complete', '--', 'queue', 'c']);
  expect(await text(stdout as NonNullable<typeof stdout>)).toMatch(/^create\tcreate a queue$/m);
});
