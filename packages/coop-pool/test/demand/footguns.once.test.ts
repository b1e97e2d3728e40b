// What has hurt users of thread pools, by its sentence.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { handlersFile, openBench, openPool } from '../open-bench.ts';

const { url, client, openQueue } = await openBench();
const cwd = fileURLToPath(new URL('../..', import.meta.url));
/** An application may be written in either; what it imports is ESM. */
const imports = {
  module: (names: string, name: string) => `import ${names} from '${name}';`,
  commonjs: (names: string, name: string) => `const ${names} = require('${name}');`,
};

test('Thread pool and packaging traps: `process.exit` in a worker never settles', async () => {
  await openQueue('exits', [{ type: 'process.exit(0)' }, { type: 'process.exit(7)' }, { type: 'fine' }]);
  const { pool } = openPool(client, 'exits', { concurrency: 3 });
  await pool.start();
  await expect.poll(() => pool.health()).toMatchObject({ acked: 3, retried: 2 });
});

test('Thread pool and packaging traps: bad processor file respawns forever', async () => {
  await openQueue('respawns');
  const started = new Int32Array(new SharedArrayBuffer(4));
  const { pool } = openPool(client, 'respawns', { handlers: handlersFile('broken-counts.ts'), workerData: started });
  await expect(pool.start()).rejects.toThrow('broken after it was counted');
  expect([...started]).toEqual([3]);
});

test('Thread pool and packaging traps: `terminate()` segfaults native addons', async () => {
  const program = `
    import { createPool } from '@pgque/coop-pool';
    import { createTicker } from '@pgque/consumer';
    import { connect } from 'pgque';
    await using client = await connect('${url}');
    await client.createQueue('native');
    await using ticker = createTicker(client);
    await ticker.start();
    await client.sendBatch('native', 'hash', Array.from({ length: 40 }, () => 1));
    const handlers = '${fileURLToPath(handlersFile('native.ts'))}';
    const options = { queue: 'native', name: 'worker', startAt: 'earliest', threads: 2, concurrency: 4, handlers };
    await using pool = createPool(client, { ...options, recycleAfter: 5, handlerTimeout: 40, abortGrace: 0 });
    await pool.start();
    while (pool.health().acked + pool.health().retried < 20) await new Promise((resolve) => setTimeout(resolve, 5));
    await pool.stop();
    console.log('alive');`;
  const flags = ['--conditions=@pgque/source', '--input-type=module', '--eval', program];
  const { stdout } = await promisify(execFile)(process.execPath, flags, { cwd });
  expect(stdout).toBe('alive\n');
});

test('Thread pool and packaging traps: CJS wrapper on Nest 12 dies in Jest', async () => {
  for (const type of ['module', 'commonjs'] as const) {
    const program = `
      ${imports[type]('{ createPool }', '@pgque/coop-pool')}
      ${imports[type]('{ defineHandlers }', '@pgque/coop-pool/handlers')}
      console.log(typeof createPool, Object.keys(defineHandlers({ '*': () => {} })));`;
    const flags = ['--conditions=@pgque/source', `--input-type=${type}`, '--eval', program];
    const outcome = await promisify(execFile)(process.execPath, flags, { cwd });
    expect(outcome, type).toEqual({ stdout: "function [ 'handlers', 'close' ]\n", stderr: '' });
  }
});
