import { type Major, startServer } from '@pgque/embedded';
import { connectClient, installEngine } from '@pgque/testing';
import type { ConformanceServer } from './world.ts';

const template = 'pgque_conformance';

export interface OpenServer extends ConformanceServer, AsyncDisposable {}

/** A server of this major, from wherever there is one, with the engine in a template. */
export async function openServer(major: Major | undefined): Promise<OpenServer> {
  const server = await startServer({
    ...(major === undefined ? {} : { major }),
    ...(process.env['PGQUE_TEST_URL'] ? {} : { settings: { max_prepared_transactions: 20, max_connections: 300 } }),
  });
  const dropTemplate = async (): Promise<void> => {
    const client = await connectClient(server.url);
    await client.query(`drop database if exists ${template} with (force)`).finally(() => client.end());
  };
  await dropTemplate();
  const { url } = await server.createDatabase({ name: template });
  await installEngine(url);
  return {
    major: server.major,
    url: server.url,
    template,
    async [Symbol.asyncDispose]() {
      if (server.source === 'url') await dropTemplate();
      await server.stop();
    },
  };
}
