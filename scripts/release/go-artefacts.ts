import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.ts';

export interface GoModule {
  readonly path: string;
  readonly version: string;
  /** A folder that the go command takes for a module proxy. */
  readonly proxy: string;
}

/** The module as a proxy hands it out: what the tag of the release makes of the committed files. */
export async function packGo(root: string, target: string, version: string): Promise<GoModule> {
  const folder = join(root, 'packages', 'go');
  const mod = readFileSync(join(folder, 'go.mod'), 'utf8');
  const [, path = ''] = /^module (\S+)$/m.exec(mod) ?? [];
  const tag = `v${version}`;
  // Capital letters are written so in the addresses of a proxy.
  const escaped = path.replaceAll(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`);
  const versions = join(target, escaped, '@v');
  mkdirSync(versions, { recursive: true });
  writeFileSync(join(versions, 'list'), `${tag}\n`);
  writeFileSync(join(versions, `${tag}.mod`), mod);
  writeFileSync(join(versions, `${tag}.info`), JSON.stringify({ Version: tag }));
  const files = (await run('git', ['ls-tree', '-r', '--name-only', 'HEAD:packages/go'], { cwd: root })).split('\n');
  // A folder with a go.mod of its own is another module.
  const others = files
    .filter((file) => file.endsWith('/go.mod'))
    .map((file) => `:(exclude)${file.slice(0, -'/go.mod'.length)}`);
  const archive = ['archive', '--format=zip', `--prefix=${path}@${tag}/`, `--output=${join(versions, `${tag}.zip`)}`];
  await run('git', [...archive, 'HEAD:packages/go', '--', '.', ...others], { cwd: root });
  return { path, version: tag, proxy: target };
}
