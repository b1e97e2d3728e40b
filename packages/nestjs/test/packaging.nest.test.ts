import { execFile } from 'node:child_process';
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, inject, test } from 'vitest';

const run = promisify(execFile);
const folder = fileURLToPath(new URL('..', import.meta.url));
const root = fileURLToPath(new URL('../../..', import.meta.url));

/** A project with the package as it is published, the rest of ours, and a Nest of the major. */
async function installProject(): Promise<string> {
  const project = mkdtempSync(join(tmpdir(), 'pgque-nestjs-'));
  afterAll(() => rmSync(project, { recursive: true, force: true }));
  const installed = join(project, 'node_modules/@pgque/nestjs');
  mkdirSync(installed, { recursive: true });
  // The code alone: for the declarations the packages that it stands on would have to be built first.
  const off = ['composite', 'incremental', 'declaration', 'declarationMap'].flatMap((option) => [
    `--${option}`,
    'false',
  ]);
  const emit = ['--outDir', join(installed, 'dist'), '--noCheck', '--noResolve', ...off];
  await run(join(root, 'node_modules/.bin/tsc'), ['-p', join(folder, 'tsconfig.build.json'), ...emit]);
  cpSync(join(folder, 'package.json'), join(installed, 'package.json'));
  const nest = join(root, `testing/nest-${inject('nestMajor')}/node_modules`);
  for (const name of ['@nestjs', 'rxjs', 'reflect-metadata'])
    link(join(nest, name), join(project, 'node_modules', name));
  link(join(root, 'packages/client'), join(project, 'node_modules/pgque'));
  link(join(root, 'packages/consumer'), join(project, 'node_modules/@pgque/consumer'));
  // It has no sources beside it, as when it is installed.
  const manifest = readFileSync(join(installed, 'package.json'), 'utf8').replaceAll('@pgque/source', 'not-published');
  writeFileSync(join(installed, 'package.json'), manifest);
  return project;
}

function link(target: string, path: string): void {
  symlinkSync(target, path, 'dir');
}

/** A test of an application, in JavaScript without decorators. */
const program = (load: (names: string, from: string) => string): string => `
  ${load('Module', '@nestjs/common')}
  ${load('Test', '@nestjs/testing')}
  ${load('getQueueToken, PgqueConsumer, PgqueHandler, PgqueModule', '@pgque/nestjs')}
  ${load('PgqueTestingModule', '@pgque/nestjs/testing')}
  class Billing {
    onCreated({ payload }) { console.log('an invoice for', payload); }
  }
  PgqueHandler('order.created')(Billing.prototype, 'onCreated', Object.getOwnPropertyDescriptor(Billing.prototype, 'onCreated'));
  PgqueConsumer({ queue: 'orders', name: 'billing' })(Billing);
  class AppModule {}
  Module({ imports: [PgqueModule.forRoot({}), PgqueModule.registerQueue('orders')], providers: [Billing] })(AppModule);
  const main = async () => {
    const module = await PgqueTestingModule.override(Test.createTestingModule({ imports: [AppModule] })).compile();
    const app = await module.init();
    await app.get(getQueueToken('orders'), { strict: false }).send({ type: 'order.created', payload: 42 });
    console.log(await PgqueTestingModule.get(app).drain(), 'handled');
    await app.close();
  };
  main();`;

test('Libraries that adapted publish ESM, peer `^11 || ^12`, Node >= 22.12, no deep imports', async () => {
  const project = await installProject();
  writeFileSync(
    join(project, 'app.mjs'),
    program((names, from) => `import { ${names} } from '${from}';`),
  );
  writeFileSync(
    join(project, 'app.cjs'),
    program((names, from) => `const { ${names} } = require('${from}');`),
  );
  for (const file of ['app.mjs', 'app.cjs']) {
    const outcome = await run(process.execPath, ['--conditions=@pgque/source', file], { cwd: project });
    expect(outcome, file).toEqual({ stdout: 'an invoice for 42\n1 handled\n', stderr: '' });
  }
  expect(readdirSync(join(project, 'node_modules/@pgque/nestjs'))).toEqual(['dist', 'package.json']);

  const imported = globSync('src/**/*.ts', { cwd: folder }).flatMap((file) =>
    [...readFileSync(join(folder, file), 'utf8').matchAll(/from '([^.'][^']*)'/g)].map(([, from]) => from),
  );
  const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const known = [...Object.keys(dependencies), ...Object.keys(peerDependencies), '@pgque/consumer/testing'];
  expect(imported.filter((from) => !known.includes(from as string))).toEqual([]);
  expect(peerDependencies['@nestjs/core']).toBe('^10.0.0 || ^11.0.0 || ^12.0.0');
});
