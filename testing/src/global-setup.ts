import { isMajor, type Major, type Server, startServer } from '@pgque/embedded';
import type { TestProject } from 'vitest/node';
import { installEngine } from './engine.ts';
import './provided.ts';
import { templateName } from './template-name.ts';

/** One server per selected major, all started at once, each with the engine installed in a template. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const majors = (project.config.provide.majors ?? []).filter(isMajor);
  const started = await Promise.allSettled(majors.map(startTestServer));
  const servers = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const stop = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.stop()));
  };
  try {
    for (const result of started) if (result.status === 'rejected') throw result.reason;
    await Promise.all(servers.map(makeTemplate));
  } catch (error) {
    await stop();
    throw error;
  }
  project.provide(
    'servers',
    servers.map(({ major, url }) => ({ major, url })),
  );
  return stop;
}

/** The npm binaries, so that a run means the same on every machine, unless a server is given. */
function startTestServer(major: Major): Promise<Server> {
  return startServer({ major, source: process.env['PGQUE_TEST_URL'] ? 'url' : 'binaries' });
}

/** On a given server a template of an earlier run may be left. */
async function makeTemplate(server: Server): Promise<void> {
  const { url } = await server.createDatabase({ name: templateName });
  await installEngine(url);
}
