import { EmbeddedError } from './embedded-error.ts';
import { startLocalServer } from './local-server.ts';
import { isMajor, majors } from './major.ts';
import type { Server, StartServerOptions } from './server.ts';

export async function startServer(options: StartServerOptions = {}): Promise<Server> {
  if (options.major !== undefined && !isMajor(options.major)) {
    throw new EmbeddedError('unsupported-major', `PostgreSQL ${options.major} cannot be started: choose one of ${majors.join(', ')}.`);
  }
  return await startLocalServer(options);
}
