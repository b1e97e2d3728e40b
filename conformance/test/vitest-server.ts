import { projectMajor } from '@pgque/testing';
import { inject } from 'vitest';
import '../../testing/src/provided.ts';
import { templateName } from '../../testing/src/template-name.ts';
import type { ConformanceServer } from '../src/world.ts';

/** The server of this project's major in a run of the tests. */
export function vitestServer(): ConformanceServer {
  const major = projectMajor();
  const server = inject('servers').find((each) => each.major === major);
  if (!server) throw new Error(`no server of PostgreSQL ${major} runs in this test run`);
  return { major, url: server.url, template: templateName };
}
