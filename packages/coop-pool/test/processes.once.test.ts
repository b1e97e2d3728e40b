import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openBench, openPool } from './open-bench.ts';

const { url, client, openQueue } = await openBench();
const deadIntervalMs = 2000;
const count = 400;

/** A process with a pool, which says so when it handles something. */
function forkPool(queue: string): ChildProcess {
  const program = fileURLToPath(new URL('pool-process.ts', import.meta.url));
  const child = fork(program, [url, queue], { execArgv: ['--conditions=@pgque/source'] });
  process.once('exit', () => child.kill('SIGKILL'));
  return child;
}

test('kill -9 of the whole process: another pool takes over within deadInterval plus one second, and nothing is lost', {
  timeout: 60_000,
}, async () => {
  await openQueue(
    'killed',
    Array.from({ length: count }, (_, number) => ({ type: 'wait', payload: { ms: 10, number } })),
  );
  const child = forkPool('killed');
  for (let handled = 0; handled < 20; handled += 1) await once(child, 'message');
  child.kill('SIGKILL');
  await once(child, 'exit');
  const killedAt = performance.now();
  const open = new Set((await client.inFlight('killed')).map(({ batchId }) => batchId));
  expect(open.size).toBeGreaterThan(0);
  const handledAt = new Map<number, number>();
  const { pool } = openPool(client, 'killed', {
    deadInterval: deadIntervalMs,
    onResult: ({ payload }) => {
      const { number } = payload as { number: number };
      handledAt.set(number, (handledAt.get(number) ?? 0) + 1);
    },
  });
  await pool.start();
  const isTakenOver = async (): Promise<boolean> =>
    (await client.inFlight('killed')).every(({ batchId }) => !open.has(batchId));
  await expect.poll(isTakenOver, { timeout: 10_000, interval: 10 }).toBe(true);
  expect(performance.now() - killedAt).toBeLessThan(deadIntervalMs + 1000);
  await expect.poll(() => client.inFlight('killed'), { timeout: 20_000 }).toEqual([]);
  const settledByChild = count - handledAt.size;
  expect(pool.health().acked).toBe(handledAt.size);
  // What the dead process has settled was not handled again, and all else was, once.
  expect([...handledAt.values()].every((times) => times === 1)).toBe(true);
  expect(settledByChild).toBeLessThan(count);
  await pool.stop();
  expect(await client.getConsumerInfo('killed', 'worker')).toMatchObject([{ pendingEvents: 0 }]);
  expect(pool.health().acked + settledByChild).toBe(count);
});
