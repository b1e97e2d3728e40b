import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { KillSignal } from '@pgque/embedded';
import { closeAtEndOfFile } from './file-resources.ts';
import { openPooler } from './open-pooler.ts';
import { openPrivateServer } from './open-private-server.ts';
import { openProxy } from './open-proxy.ts';

type Command = (argument: string) => Promise<unknown> | unknown;

/**
 * A server of the tests' own with the engine in the database `mydb`, a network and a pooler before it, and an HTTP door
 * through which tests in other languages break them: `POST /server.kill?SIGKILL`, `/server.start`, `/proxy.cut` and so on.
 */
export async function openControl(): Promise<Readonly<Record<string, string>>> {
  const { server, database } = await openPrivateServer({ durable: true });
  const mydb = await server.createDatabase({ name: 'mydb', template: database.name });
  const [proxy, pooler] = await Promise.all([openProxy(mydb.url), openPooler(mydb.url)]);
  const commands: Readonly<Record<string, Command>> = {
    'server.kill': (signal) => server.kill(signal as KillSignal),
    'server.start': () => server.start(),
    'proxy.cut': () => proxy.cut(),
    'proxy.stall': () => proxy.stall(),
    'proxy.blackhole': () => proxy.blackhole(),
    'proxy.resume': () => proxy.resume(),
  };
  const door = createServer(async (request, response) => {
    const url = new URL(request.url ?? '', 'http://localhost');
    try {
      const command = commands[url.pathname.slice(1)];
      if (!command) throw new Error(`there is no ${url.pathname}`);
      await command(url.search.slice(1));
      response.end();
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
  door.listen(0, '127.0.0.1');
  await once(door, 'listening');
  closeAtEndOfFile({
    async [Symbol.asyncDispose]() {
      door.closeAllConnections();
      door.close();
    },
  });
  return {
    PGQUE_TEST_CONTROL: `http://127.0.0.1:${(door.address() as AddressInfo).port}`,
    PGQUE_TEST_PRIVATE_DSN: mydb.url,
    PGQUE_TEST_PROXY_DSN: proxy.url,
    PGQUE_TEST_POOLER_DSN: pooler.url,
  };
}
