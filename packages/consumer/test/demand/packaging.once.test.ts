import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const cwd = fileURLToPath(new URL('../..', import.meta.url));
/** An application may be written in either; what it imports is ESM. */
const imports = {
  module: (names: string, name: string) => `import ${names} from '${name}';`,
  commonjs: (names: string, name: string) => `const ${names} = require('${name}');`,
};

test('ESM, Node >= 22.12', async () => {
  for (const type of ['module', 'commonjs'] as const) {
    const program = `
      ${imports[type]('{ createConsumer }', '@pgque/consumer')}
      ${imports[type]('{ createFakeClient, drain }', '@pgque/consumer/testing')}
      const main = async () => {
        const client = createFakeClient();
        await client.createQueue('q');
        await client.subscribe('q', 'c');
        await client.send('q', { payload: 1 });
        const makeConsumer = () => createConsumer(client, { queue: 'q', name: 'c' }).on('*', () => {});
        console.log(await drain(client, () => [makeConsumer()]), 'handled');
      };
      main();`;
    const flags = ['--conditions=@pgque/source', `--input-type=${type}`, '--eval', program];
    const outcome = await promisify(execFile)(process.execPath, flags, { cwd });
    expect(outcome, type).toEqual({ stdout: '1 handled\n', stderr: '' });
  }
});
