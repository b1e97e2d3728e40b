import { expect, test } from 'vitest';
import { findings } from '../support/health.ts';
import { rotateAtOnce } from '../support/rotation.ts';
import { rows } from '../support/rows.ts';
import { scalar } from '../support/scalar.ts';
import { openOwn, rebase } from './open-restored.ts';
import { transplant } from './transplant.ts';

// What would do harm in a restored database before rebase() refuses, or waits for it.

const rebaseNeeded = { code: 'QU023', hint: expect.stringContaining('pgque.rebase()') };

test('no ticker ticks: the events that it sees are behind the positions', async () => {
  const { database, queue } = await openOwn({ ticker_max_lag: '0 seconds' });
  await transplant(database);
  await queue.send('x');
  for (const call of ['ticker()', `ticker('${queue.name}')`, 'tick_pending()']) {
    await expect(rows(database, `select pgque.${call}`), call).rejects.toMatchObject(rebaseNeeded);
  }
  await rebase(database);
  expect(await scalar(database, 'select pgque.ticker()')).toBe(1n);
  expect((await queue.drain()).map(({ payload }) => payload)).toEqual(['x']);
});

test('an external ticker neither', async () => {
  const { database, queue } = await openOwn({ external_ticker: true });
  await transplant(database);
  const tick = () => rows(database, 'select pgque.ticker($1, 10, clock_timestamp(), 1)', [queue.name]);
  await expect(tick()).rejects.toMatchObject(rebaseNeeded);
  await rebase(database);
  await tick();
});

test('a mover moves nothing: it would never know what it has moved', async () => {
  const { database, queue } = await openOwn();
  await queue.send('x');
  await queue.tick();
  const messages = await queue.receiveSome();
  await queue.nack(messages);
  await transplant(database);
  await expect(rows(database, 'select pgque.maint_retry_events()')).rejects.toMatchObject(rebaseNeeded);
  await rebase(database);
  expect(await queue.moveRetries()).toBe(1);
  expect(await queue.moveRetries()).toBe(0);
});

test('rotation empties no event log: what was sent since then looks as if it were acknowledged', async () => {
  const { database, queue } = await openOwn();
  await rotateAtOnce(queue);
  await queue.send('acknowledged');
  await queue.tick();
  await queue.drain();
  await transplant(database);
  for (let round = 0; round < 12; round += 1) {
    await queue.send(`${round}`);
    await rows(database, 'select pgque.maint()');
  }
  await rebase(database);
  await queue.tick();
  expect((await queue.drain()).map(({ payload }) => payload)).toEqual(Array.from({ length: 12 }, (_, i) => `${i}`));
});

test('health() says what to do, for each queue and for the retries', async () => {
  const { database, queue } = await openOwn();
  await rows(database, `select pgque.send_at($1, 'default', 'x'::text, interval '1 hour')`, [queue.name]);
  expect(await findings(database, 'cluster')).toMatchObject([{ status: 'ok' }]);
  await transplant(database);
  const hint = expect.stringContaining('pgque.rebase()');
  expect(await findings(database, 'cluster')).toMatchObject([
    {
      status: 'fail',
      queue_name: queue.name,
      detail: expect.stringMatching(/^transaction id \d+ is stored, but/),
      hint,
    },
    { status: 'fail', queue_name: null, detail: expect.stringContaining('stored with the retries'), hint },
  ]);
  await rebase(database);
  expect(await findings(database, 'cluster')).toMatchObject([{ status: 'ok' }]);
});
