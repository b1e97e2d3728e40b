import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { lastLine, ownFolder, Program } from './run-program.ts';

test('connections that are cut all the time cost no event and double none', async () => {
  using folder = ownFolder();
  const program = new Program(folder.path, ['--input', '-', '--data', 'kept', '--json', '--rate', '2000']);
  await program.says('PgQue is installed');
  const port = /on port (\d+)/.exec(program.said)?.[1];
  const password = readFileSync(join(folder.path, 'kept/pgque.password'), 'utf8').trim();
  const operator = new Client({ connectionString: `postgres://postgres:${password}@127.0.0.1:${port}/package_index` });
  await operator.connect();

  program.child.stdin?.write('{"type":"t","payload":1}\n'.repeat(4_000));
  for (let cut = 0; cut < 20; cut += 1) {
    await operator.query(
      `select pg_terminate_backend(pid)
       from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    );
    await operator.query('select pg_sleep(0.05)');
  }
  await operator.end();
  program.child.stdin?.end();
  const result = await program.result;
  expect(lastLine(result)).toMatchObject({
    sent: 4_000,
    consumers: { audit_logger: 4_000, notification_sender: 4_000, analytics_pipeline: 4_000 },
    retried: 40,
    dead: 1,
    agrees: true,
  });
  expect(result.code).toBe(0);
});
