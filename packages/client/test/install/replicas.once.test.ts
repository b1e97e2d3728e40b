import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { openTestDatabase, type TestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { connect, type Installation } from '../../src/index.ts';
import { tick } from '../tick.ts';
import { bundled, describeFresh, describeInstall, openOldDatabase, released } from './engines.ts';

const program = fileURLToPath(new URL('./boot.ts', import.meta.url));

/** Starts twenty replicas and lets them install at once; returns what each found and left. */
async function boot(database: TestDatabase): Promise<Installation[]> {
  const replicas = Array.from({ length: 20 }, () =>
    fork(program, [database.url], { execArgv: ['--conditions=@pgque/source'] }),
  );
  await Promise.all(replicas.map((replica) => once(replica, 'message')));
  return await Promise.all(
    replicas.map(async (replica) => {
      replica.send('go');
      const [[installation], [exitCode]] = await Promise.all([firstOf(replica, 'message'), once(replica, 'exit')]);
      expect(exitCode).toBe(0);
      return installation as Installation;
    }),
  );
}

/** A replica that dies sends nothing any more. */
function firstOf(replica: ChildProcess, event: string): Promise<unknown[]> {
  return Promise.race([once(replica, event), once(replica, 'exit')]);
}

test('twenty replicas that boot at once on an empty database all succeed, and one installs', {
  timeout: 180_000,
}, async () => {
  const database = await openTestDatabase({ engine: false });
  const installations = await boot(database);
  expect(installations).toHaveLength(20);
  expect(installations.filter(({ from }) => from === null)).toEqual([{ from: null, to: bundled }]);
  expect(await describeInstall(database)).toEqual(await describeFresh());
});

test('twenty replicas that boot at once on an old database all succeed, and one upgrades', {
  timeout: 180_000,
}, async () => {
  const database = await openOldDatabase();
  const installations = await boot(database);
  expect(installations.filter(({ from }) => from?.version === released.version)).toEqual([
    { from: released, to: bundled },
  ]);
  expect(await describeInstall(database)).toEqual(await describeFresh(true));
  await using client = await connect(database.url);
  await tick(client, 'orders');
  expect(await client.receive('orders', 'processor')).toMatchObject([{ payload: 1 }]);
});
