import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { openBench, tick } from '../open-bench.ts';

const { database, client } = await openBench({ queryTimeoutMs: 300_000 });
const program = fileURLToPath(new URL('./consume-all.ts', import.meta.url));

/** V8 lets the space of young objects grow to 96 MiB, whatever is alive, where nobody stops it. */
const bounds = ['--max-semi-space-size=4', '--max-old-space-size=64'];

test('ticker_max_count is not a cap: after a ticker outage a single batch holds everything -> OOM', {
  timeout: 300_000,
}, async () => {
  await client.createQueue('million', { tickerMaxCount: 500 });
  await client.subscribe('million', 'worker');
  await database.query(`
    select count(*) from generate_series(0, 99) chunk, lateral pgque.send_batch('million', 't', array(
      select format('{"number":%s,"note":"%s"}', chunk * 10000 + n, repeat('x', 100)) from generate_series(1, 10000) n))`);
  await tick(client, 'million');
  const args = [...bounds, '--conditions=@pgque/source', program, database.url, 'million'];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const { maxMiB, ...consumed } = JSON.parse(stdout);
  expect(consumed).toEqual({ count: 1_000_000, sum: 500_000_500_000, largest: 1000 });
  expect(maxMiB).toBeLessThan(150);
});
