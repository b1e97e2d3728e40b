import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { openProxy } from '@pgque/testing';
import { afterAll, expect, test } from 'vitest';

// Sends back what it gets, and says goodbye to who does.
const echo = createServer((socket) => {
  socket.on('error', () => {});
  socket.pipe(socket);
});
echo.listen(0, '127.0.0.1');
await once(echo, 'listening');
afterAll(() => void echo.close());
const target = `postgresql://user:secret@127.0.0.1:${(echo.address() as AddressInfo).port}/database?option=1`;

/** A connection, and all that it has heard. */
async function dial(url: string) {
  const socket: Socket = connect(Number(new URL(url).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.on('error', () => {});
  const line = { socket, heard: '', closed: new Promise<void>((resolve) => socket.once('close', () => resolve())) };
  socket.setEncoding('utf8').on('data', (text: string) => {
    line.heard += text;
  });
  return line;
}

test('the URL differs in host and port alone', async () => {
  const proxy = await openProxy(target);
  const { port } = new URL(proxy.url);
  expect(proxy.url).toBe(`postgresql://user:secret@127.0.0.1:${port}/database?option=1`);
});

test('everything passes, and a goodbye too', async () => {
  const proxy = await openProxy(target);
  const line = await dial(proxy.url);
  line.socket.end('hello');
  await line.closed;
  expect(line.heard).toBe('hello');
  await expect.poll(() => proxy.connections).toBe(0);
});

test('a cut breaks what is open, and not what comes later', async () => {
  const proxy = await openProxy(target);
  const line = await dial(proxy.url);
  await expect.poll(() => proxy.connections).toBe(1);
  proxy.cut();
  await line.closed;
  const later = await dial(proxy.url);
  later.socket.write('hello');
  await expect.poll(() => later.heard).toBe('hello');
});

test('what is stalled arrives after resume(), also of connections that were opened meanwhile', async () => {
  const proxy = await openProxy(target);
  const line = await dial(proxy.url);
  line.socket.write('1');
  await expect.poll(() => line.heard).toBe('1');
  proxy.stall();
  const later = await dial(proxy.url);
  line.socket.write('2');
  later.socket.write('3');
  // Another way to the same server is quick, so that an answer would have come.
  const direct = await dial(target);
  direct.socket.end('4');
  await direct.closed;
  expect([line.heard, later.heard]).toEqual(['1', '']);
  proxy.resume();
  await expect.poll(() => [line.heard, later.heard]).toEqual(['12', '3']);
});

test('what went into a black hole stays lost, and its connections stay open and silent', async () => {
  const proxy = await openProxy(target);
  const line = await dial(proxy.url);
  line.socket.write('1');
  await expect.poll(() => line.heard).toBe('1');
  proxy.blackhole();
  const other = await dial(proxy.url);
  line.socket.write('2');
  other.socket.write('3');
  await expect.poll(() => proxy.connections).toBe(2);
  proxy.resume();
  const later = await dial(proxy.url);
  line.socket.write('4');
  later.socket.write('5');
  await expect.poll(() => later.heard).toBe('5');
  expect([line.heard, other.heard]).toEqual(['1', '']);
  expect([line.socket.closed, other.socket.closed]).toEqual([false, false]);
  await proxy.close();
  await line.closed;
});
