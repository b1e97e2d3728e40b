import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const cwd = fileURLToPath(new URL('..', import.meta.url));

test('a consumer that is stopped after its drain does not keep the process', async () => {
  const program = `
    import { createConsumer } from '@pgque/consumer';
    import { createFakeClient } from '@pgque/consumer/testing';
    const client = createFakeClient();
    await client.createQueue('q');
    await using consumer = createConsumer(client, { queue: 'q', name: 'c', startAt: 'latest', stopTimeout: '1h' });
    console.log(await consumer.on('*', () => {}).drain());`;
  const flags = ['--conditions=@pgque/source', '--input-type=module', '--eval', program];
  const { stdout } = await promisify(execFile)(process.execPath, flags, { cwd, timeout: 20_000 });
  expect(stdout).toBe('0\n');
});
