import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedError } from './embedded-error.ts';
import { connectExternalServer } from './external-server.ts';
import { defaultMajor } from './major.ts';
import type { Server, StartServerOptions } from './server.ts';
import { serverSettings } from './server-settings.ts';

const serverPort = 5432;

/** Whether a Docker engine answers; testcontainers is loaded only when there is a sign of one. */
export async function isDockerAvailable(): Promise<boolean> {
  if (!hasSignOfDocker()) return false;
  try {
    const { getContainerRuntimeClient } = await import('testcontainers');
    await getContainerRuntimeClient();
    return true;
  } catch {
    return false;
  }
}

/** Starts the official image; testcontainers removes the container when this process ends. */
export async function startDockerServer(options: StartServerOptions): Promise<Server> {
  options.signal?.throwIfAborted();
  const { GenericContainer, Wait } = await loadTestcontainers();
  const major = options.major ?? defaultMajor;
  const password = randomBytes(18).toString('hex');
  const port = { container: serverPort, host: options.port };
  const container = await new GenericContainer(`postgres:${major}`)
    .withEnvironment({ POSTGRES_PASSWORD: password, POSTGRES_INITDB_ARGS: '--locale=C --encoding=UTF8' })
    .withExposedPorts(port.host === undefined ? port.container : { container: port.container, host: port.host })
    .withCommand(['postgres', ...commandLine(options)])
    // The image starts the server twice, the first time for its own set-up.
    .withWaitStrategy(Wait.forLogMessage(/ready to accept connections/, 2))
    .withStartupTimeout(options.startTimeoutMs ?? 60_000)
    .start()
    .catch((cause: unknown) => {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new EmbeddedError('start-failed', `Docker could not start PostgreSQL ${major}: ${reason}`, { cause });
    });
  const release = async (): Promise<void> => {
    await container.stop();
  };
  const url = `postgres://postgres:${password}@${container.getHost()}:${container.getMappedPort(serverPort)}/postgres`;
  try {
    options.signal?.throwIfAborted();
    return await connectExternalServer({ url, source: 'docker', release });
  } catch (error) {
    await release();
    throw error;
  }
}

function hasSignOfDocker(): boolean {
  const sockets = ['/var/run/docker.sock', join(homedir(), '.docker/run/docker.sock')];
  return Boolean(process.env['DOCKER_HOST']) || sockets.some((socket) => existsSync(socket));
}

async function loadTestcontainers(): Promise<typeof import('testcontainers')> {
  try {
    return await import('testcontainers');
  } catch (cause) {
    throw new EmbeddedError(
      'source-unavailable',
      'The source "docker" needs the package testcontainers: install it with "npm install --save-dev testcontainers".',
      { cause },
    );
  }
}

/** The image listens on its own network, so what is said about sockets and addresses stays out. */
function commandLine({ durable = false, settings = {} }: StartServerOptions): string[] {
  const {
    listen_addresses: _,
    unix_socket_directories: __,
    ...rest
  } = serverSettings({
    port: serverPort,
    durable,
    temporary: true,
    settings,
  });
  return Object.entries(rest).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
