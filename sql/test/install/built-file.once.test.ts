import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { buildInstallScript } from '../../build.ts';

test('pgque.sql is what its sources make', async () => {
  const committed = await readFile(new URL('../../pgque.sql', import.meta.url), 'utf8');
  expect(committed === buildInstallScript(), 'run "pnpm --filter @pgque/sql build"').toBe(true);
});
