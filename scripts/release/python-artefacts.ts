import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.ts';

export const pip = ['-m', 'pip', '--quiet', '--disable-pip-version-check'];

/** Builds wheel and sdist in an environment of their own; answers the wheel. */
export async function buildPython(root: string, target: string, scratch: string): Promise<string> {
  const tools = join(scratch, 'python-tools');
  const python = join(tools, 'bin', 'python');
  await run('python3', ['-m', 'venv', tools], { cwd: scratch });
  await run(python, [...pip, 'install', 'build'], { cwd: scratch });
  await run(python, ['-m', 'build', '--outdir', target, join(root, 'packages', 'python')], { cwd: scratch });
  const wheel = readdirSync(target).find((file) => file.endsWith('.whl'));
  if (!wheel) throw new Error('there is no wheel');
  return join(target, wheel);
}
