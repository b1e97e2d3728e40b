import { isMajor, type Major, type Server, startServer } from '@pgque/embedded';
import type { TestProject } from 'vitest/node';
import { installEngine } from './engine.ts';
import './provided.ts';
import { templateName } from './template-name.ts';
import { connectClient } from './test-client.ts';
import { testServerSettings } from './test-server-settings.ts';

/** One server per selected major, all started at once, each with the engine installed in a template. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const majors = (project.config.provide.majors ?? []).filter(isMajor);
  const started = await Promise.allSettled(majors.map(startTestServer));
  const servers = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  try {
    for (const result of started) if (result.status === 'rejected') throw result.reason;
    await Promise.all(servers.map(makeTemplate));
  } catch (error) {
    await Promise.all(servers.map(release));
    throw error;
  }
  project.provide(
    'servers',
    servers.map(({ major, url }) => ({ major, url })),
  );
  return async () => {
    await Promise.all(servers.map(release));
  };
}

/** The npm binaries, so that a run means the same on every machine, unless a server is given. */
async function startTestServer(major: Major): Promise<Server> {
  if (!process.env['PGQUE_TEST_URL'])
    return await startServer({ major, source: 'binaries', settings: testServerSettings });
  console.log(`The tests run on the server of PGQUE_TEST_URL alone, PostgreSQL ${major}.`);
  return await startServer({ major, source: 'url' });
}

async function makeTemplate(server: Server): Promise<void> {
  await dropTemplate(server);
  const { url } = await server.createDatabase({ name: templateName });
  await installEngine(url);
}

async function release(server: Server): Promise<void> {
  if (server.source === 'url') await dropTemplate(server);
  await server.stop();
}

async function dropTemplate(server: Server): Promise<void> {
  const client = await connectClient(server.url);
  try {
    await client.query(`drop database if exists ${templateName} with (force)`);
  } finally {
    await client.end();
  }
}
