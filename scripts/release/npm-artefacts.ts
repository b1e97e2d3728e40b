import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.ts';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
}

/** Packs every package that is published, as npm would publish it. Answers the tarball of each, by name. */
export async function packNpm(root: string, target: string): Promise<ReadonlyMap<string, string>> {
  await run('npm', ['run', '--silent', 'build'], { cwd: root });
  const tarballs = new Map<string, string>();
  for (const folder of readdirSync(join(root, 'packages'))) {
    const manifest = JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8')) as Manifest;
    if (manifest.private) continue;
    const packed = await run('pnpm', ['pack', '--json', '--pack-destination', target], {
      cwd: join(root, 'packages', folder),
    });
    const { filename } = JSON.parse(packed.slice(packed.indexOf('{'))) as { filename: string };
    tarballs.set(manifest.name, filename.startsWith('/') ? filename : join(target, filename));
  }
  return tarballs;
}
