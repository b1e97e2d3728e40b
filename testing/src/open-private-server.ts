import { type Server, type StartServerOptions, startServer } from '@pgque/embedded';
import { installEngine } from './engine.ts';
import { closeAtEndOfFile } from './file-resources.ts';
import { projectMajor } from './open-test-database.ts';
import { TestDatabase } from './test-database.ts';
import { testServerSettings } from './test-server-settings.ts';

export interface OpenPrivateServerOptions extends Omit<StartServerOptions, 'source'> {
  /** Whether the engine is installed in the database. @default true */
  engine?: boolean;
}

export interface PrivateServer {
  readonly server: Server;
  readonly database: TestDatabase;
}

/**
 * A server of the test's own, to be killed and started again, with one database on it; both go at the end of the test
 * file. Ask for `durable: true` when committed data must survive a SIGKILL.
 */
export async function openPrivateServer(options: OpenPrivateServerOptions = {}): Promise<PrivateServer> {
  const { engine = true, ...serverOptions } = options;
  const settings = { ...testServerSettings, ...options.settings };
  const major = options.major ?? projectMajor();
  const server = closeAtEndOfFile(await startServer({ ...serverOptions, settings, major, source: 'binaries' }));
  const created = await server.createDatabase();
  if (engine) await installEngine(created.url);
  return { server, database: new TestDatabase(created, server) };
}
