import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

/** Imports a module in a process that has no OpenTelemetry. */
async function importWithout(module: string): Promise<string> {
  const program = `
    import { registerHooks } from 'node:module';
    registerHooks({ resolve(name, context, next) {
      if (name.startsWith('@opentelemetry/')) throw new Error('not installed: ' + name);
      return next(name, context);
    } });
    console.log(Object.keys(await import('${module}')).length);`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--conditions=@pgque/source', '--input-type=module', '--eval', program],
    { cwd: fileURLToPath(new URL('../..', import.meta.url)) },
  );
  return stdout;
}

test('the client loads where OpenTelemetry is not installed', async () => {
  expect(Number(await importWithout('pgque'))).toBeGreaterThan(30);
  await expect(importWithout('pgque/opentelemetry')).rejects.toThrow('not installed: @opentelemetry/api');
});
