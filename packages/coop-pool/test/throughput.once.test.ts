import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { openBench, openPool } from './open-bench.ts';
import { bareRate, poolRate } from './throughput.ts';

const { client, openQueue } = await openBench();
const manyRounds = 8;

/**
 * What else the machine does is in all of these rates, so they are measured in turns and added up. A second round is for
 * one in which that changed.
 */
async function expectOfRounds(atLeast: number, measure: (rates: number[]) => Promise<number>): Promise<void> {
  const rates: number[] = [];
  let ratio = 0;
  for (let round = 0; round < manyRounds && !(ratio >= atLeast); round += 1) ratio = await measure(rates);
  expect(ratio).toBeGreaterThanOrEqual(atLeast);
}

function add(rates: number[], ...measured: number[]): void {
  for (const [index, rate] of measured.entries()) rates[index] = (rates[index] ?? 0) + rate;
}

test('with a handler that burns 20 ms of CPU, N threads give at least 0.9 times the throughput of one for each core', {
  timeout: 90_000,
}, async () => {
  const threads = Math.max(2, Math.min(4, availableParallelism()));
  await openQueue(
    'burning',
    Array.from({ length: 5000 }, () => ({ type: 'burn' })),
  );
  await expectOfRounds(0.9, async (rates) => {
    const bareOne = await bareRate(1);
    const one = await poolRate(client, 'burning', 1);
    const bareMany = await bareRate(threads);
    const many = await poolRate(client, 'burning', threads);
    add(rates, bareOne, one, bareMany, many);
    const [bareOnes = 0, ones = 0, bareManies = 0, manies = 0] = rates;
    // How many cores the machine had for so many threads: all of them, when it does nothing else.
    const cores = Math.min(threads, bareManies / bareOnes);
    return manies / ones / cores;
  });
});

test('with handlers that wait 50 ms, 8 threads give at least 7 times the throughput of one', {
  timeout: 90_000,
}, async () => {
  await openQueue(
    'waiting',
    Array.from({ length: 5000 }, () => ({ type: 'wait', payload: { ms: 50 } })),
  );
  await expectOfRounds(7, async (rates) => {
    add(rates, await poolRate(client, 'waiting', 1), await poolRate(client, 'waiting', 8));
    const [ones = 0, manies = 0] = rates;
    return manies / ones;
  });
});

test('a drain of 10,000 messages loses nothing', { timeout: 60_000 }, async () => {
  const count = 10_000;
  await openQueue(
    'drained',
    Array.from({ length: count }, (_, payload) => ({ type: 'fine', payload })),
  );
  const { pool, handled } = openPool(client, 'drained', { concurrency: 8 });
  expect(await pool.drain('50s')).toBe(count);
  expect(new Set(handled.map(({ message }) => message.payload)).size).toBe(count);
  expect(handled.length).toBe(count);
  expect(await client.getConsumerInfo('drained', 'worker')).toMatchObject([{ pendingEvents: 0, currentBatchId: null }]);
});
