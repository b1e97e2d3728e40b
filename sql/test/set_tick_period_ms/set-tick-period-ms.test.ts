import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();
const setPeriod = (ms: number | null) => scalar(database, 'select pgque.set_tick_period_ms($1)', [ms]);
const period = () => scalar<number>(database, 'select tick_period_ms from pgque.config');

test('the period is 100 ms until it is set, and takes every exact divisor of 1000', async () => {
  expect(await period()).toBe(100);
  const divisors = Array.from({ length: 1000 }, (_, index) => index + 1).filter((ms) => 1000 % ms === 0);
  expect(divisors).toHaveLength(16);
  for (const ms of divisors) {
    await setPeriod(ms);
    expect(await period()).toBe(ms);
  }
});

test.each([0, -1, 3, 999, 1001, 2000, 2147483647, null])('%s is refused and changes nothing', async (ms) => {
  const before = await period();
  await expect(setPeriod(ms)).rejects.toMatchObject({ code: 'QU005', message: 'ms must be an exact divisor of 1000' });
  expect(await period()).toBe(before);
});
