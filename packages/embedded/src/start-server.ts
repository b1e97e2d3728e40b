import { isDockerAvailable, startDockerServer } from './docker-server.ts';
import { EmbeddedError } from './embedded-error.ts';
import { connectExternalServer } from './external-server.ts';
import { startLocalServer } from './local-server.ts';
import { isMajor, majors } from './major.ts';
import type { Server, ServerSource, StartServerOptions } from './server.ts';

/**
 * Gives a PostgreSQL server that takes connections: the one behind PGQUE_TEST_URL when that is set, else one in Docker
 * when an engine runs, else one from the npm binaries. A data directory lies on this machine, so it rules out Docker.
 */
export async function startServer(options: StartServerOptions = {}): Promise<Server> {
  refuseUnknownMajor(options.major);
  switch (options.source ?? (await chooseSource(options))) {
    case 'url':
      return await connectGivenServer(options);
    case 'docker':
      return await startDockerServer(options);
    case 'binaries':
      return await startLocalServer(options);
  }
}

async function chooseSource(options: StartServerOptions): Promise<ServerSource> {
  if (process.env['PGQUE_TEST_URL']) return 'url';
  if (options.dataDirectory !== undefined) return 'binaries';
  return (await isDockerAvailable()) ? 'docker' : 'binaries';
}

async function connectGivenServer({ major }: StartServerOptions): Promise<Server> {
  const url = process.env['PGQUE_TEST_URL'];
  if (!url) {
    throw new EmbeddedError(
      'source-unavailable',
      'The source "url" needs PGQUE_TEST_URL: set it to a server that runs.',
    );
  }
  const server = await connectExternalServer({ url, source: 'url' });
  if (major === undefined || major === server.major) return server;
  throw new EmbeddedError(
    'version-mismatch',
    `PGQUE_TEST_URL leads to PostgreSQL ${server.major}, not ${major}: set it to another server, or unset it.`,
  );
}

function refuseUnknownMajor(major: unknown): void {
  if (major === undefined || isMajor(major)) return;
  throw new EmbeddedError(
    'unsupported-major',
    `PostgreSQL ${String(major)} cannot be started: choose one of ${majors.join(', ')}.`,
  );
}
