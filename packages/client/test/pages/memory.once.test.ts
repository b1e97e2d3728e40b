import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { openTestClient } from '../open-test-client.ts';
import { tick } from '../tick.ts';

const { database, client } = await openTestClient({ queryTimeoutMs: 300_000 });
const reader = fileURLToPath(new URL('./read-window.ts', import.meta.url));

/** V8 lets the space of young objects grow to 96 MiB, whatever is alive, where nobody stops it. */
const bounds = ['--max-semi-space-size=4', '--max-old-space-size=64'];

test('a window of a million events is read in pages with less than 150 MiB', { timeout: 300_000 }, async () => {
  await client.createQueue('million');
  await client.subscribe('million', 'processor');
  await database.query(`
    select count(*) from generate_series(0, 99) chunk, lateral pgque.send_batch('million', 't', array(
      select format('{"number":%s,"note":"%s"}', chunk * 10000 + n, repeat('x', 100)) from generate_series(1, 10000) n))`);
  await tick(client, 'million');
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...bounds,
    '--conditions=@pgque/source',
    reader,
    database.url,
    'million',
  ]);
  const { count, sum, maxMiB } = JSON.parse(stdout);
  expect({ count, sum }).toEqual({ count: 1_000_000, sum: 500_000_500_000 });
  expect(maxMiB).toBeLessThan(150);
});
