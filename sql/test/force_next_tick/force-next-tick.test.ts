import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue } from '../support/queue-driver.ts';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();

test.each(['force_next_tick', 'force_tick'])(
  '%s returns the last tick id and makes the next ticker() tick',
  async (name) => {
    const queue = await openQueue(database);
    const force = () => scalar(database, `select pgque.${name}($1)`, [queue.name]);
    expect(await scalar(database, 'select pgque.ticker($1)', [queue.name])).toBe(null);
    expect(await force()).toBe(1n);
    expect(await force()).toBe(1n);
    expect(await scalar(database, 'select pgque.ticker($1)', [queue.name])).toBe(2n);
    expect(await scalar(database, 'select pgque.ticker($1)', [queue.name])).toBe(null);
    expect(await force()).toBe(2n);
  },
);

test('it moves the sequence by twice ticker_max_count and a thousand', async () => {
  const queue = await openQueue(database, { ticker_max_count: 10 });
  expect(await queue.send('before')).toBe(1n);
  await scalar(database, 'select pgque.force_next_tick($1)', [queue.name]);
  expect(await queue.send('after')).toBe(1n + 1020n + 1n);
});

test('it is refused on a queue with an external ticker, and on an unknown one', async () => {
  const queue = await openQueue(database, { external_ticker: true });
  await expect(scalar(database, 'select pgque.force_next_tick($1)', [queue.name])).rejects.toMatchObject({
    code: 'QU014',
    message: `queue has an external ticker: ${queue.name}`,
  });
  await expect(scalar(database, `select pgque.force_next_tick('nope')`)).rejects.toMatchObject({ code: 'QU001' });
});
