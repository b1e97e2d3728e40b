import { backendPid } from '@pgque/testing';
import { expect, test } from 'vitest';
import { faults, findings } from '../support/health.ts';
import { openHealthy, tickAll } from '../support/healthy.ts';
import { passTime } from '../support/pass-time.ts';
import { openQueue } from '../support/queue-driver.ts';

test('no ticker: queues that are due by ticker_idle_period wait, first a warning, then a failure', async () => {
  const { database, queue } = await openHealthy();
  await openQueue(database);
  await passTime(database, '80 seconds');
  const detail = expect.stringMatching(/^2 of 2 queues wait for a tick/);
  expect(await faults(database)).toMatchObject([{ check_name: 'ticker', status: 'warn', queue_name: null, detail }]);
  await passTime(database, '1 minute');
  expect(await faults(database)).toMatchObject([{ check_name: 'ticker', status: 'fail' }]);
  await tickAll(database);
  expect(await faults(database)).toEqual([]);
  expect(await queue.receive()).toEqual([]);
});

test('no ticker: events wait, long before ticker_idle_period', async () => {
  const { database, queue } = await openHealthy({ ticker_idle_period: '1 day' });
  await queue.send('x');
  await passTime(database, '50 seconds');
  expect(await faults(database)).toEqual([]);
  await passTime(database, '30 seconds');
  expect(await faults(database)).toMatchObject([
    { check_name: 'ticker', status: 'fail', queue_name: queue.name, hint: expect.stringContaining('pgque.ticker()') },
  ]);
  await tickAll(database);
  expect(await faults(database)).toEqual([]);
});

test('events that came only now are not late, though the queue had rested, nor are paused queues', async () => {
  const { database, queue } = await openHealthy({ ticker_idle_period: '1 day' });
  const paused = await openQueue(database, { ticker_paused: true });
  await paused.send('x');
  await passTime(database, '10 minutes');
  await queue.sendMany(['a', 'b']);
  expect(await faults(database)).toEqual([]);
});

test('a ticker that does not commit is named', async () => {
  const { database } = await openHealthy();
  const session = await database.connect();
  await session.query(`set application_name = 'a ticker'`);
  await session.query('begin');
  await session.query('select pgque.ticker()');
  await passTime(database, '5 minutes');
  expect(await findings(database, 'ticker')).toMatchObject([
    { status: 'fail', detail: expect.stringContaining(`session ${await backendPid(session)} (application "a ticker"`) },
  ]);
  await session.query('rollback');
});

test('an external ticker that lets events wait is a warning', async () => {
  const { database, queue } = await openHealthy({ external_ticker: true });
  await queue.send('x');
  expect(await faults(database)).toEqual([]);
  await passTime(database, '1 hour');
  expect(await findings(database, 'ticker')).toMatchObject([
    { status: 'warn', queue_name: queue.name, detail: expect.stringContaining('external ticker') },
  ]);
});
