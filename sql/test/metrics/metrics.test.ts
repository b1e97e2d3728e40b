import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { passTime } from '../support/pass-time.ts';
import { openQueue } from '../support/queue-driver.ts';
import { rows } from '../support/rows.ts';
import type { Session } from '../support/session.ts';

const database = await openTestDatabase();

interface Sample {
  name: string;
  type: string;
  value: number;
  labels: Record<string, string>;
}

const metrics = (session: Session = database) => rows<Sample>(session, 'select * from pgque.metrics()');

/** The samples of a queue, or of a consumer of it, by name. */
async function samplesOf(queue: string, consumer?: string): Promise<Record<string, number>> {
  const samples = (await metrics()).filter(
    ({ labels }) => labels['queue'] === queue && labels['consumer'] === consumer,
  );
  return Object.fromEntries(samples.map(({ name, value }) => [name, value]));
}

test('names, types and labels are those of the contract, and each sample is there once', async () => {
  const queue = await openQueue(database);
  await queue.send('x');
  await queue.tick();
  await queue.receiveSome();
  const found = await metrics();
  const kinds = found.map(({ name, type, labels }) => `${name} ${type} ${Object.keys(labels).toSorted().join()}`);
  expect([...new Set(kinds)].toSorted()).toEqual([
    'pgque_consumer_batch_age_seconds gauge consumer,queue',
    'pgque_consumer_lag_seconds gauge consumer,queue',
    'pgque_consumer_pending_events_estimate gauge consumer,queue',
    'pgque_dead_letters gauge queue',
    'pgque_delayed_sends_pending gauge queue',
    'pgque_info gauge version',
    'pgque_log_rotation_age_seconds gauge log',
    'pgque_queue_events_estimate counter queue',
    'pgque_queue_ticker_lag_seconds gauge queue',
    'pgque_retries_overdue_seconds gauge ',
    'pgque_retries_pending gauge queue',
    'pgque_rotation_age_seconds gauge queue',
  ]);
  const identities = found.map(({ name, labels }) => JSON.stringify([name, labels]));
  expect(new Set(identities).size).toBe(identities.length);
  expect(found.filter(({ value }) => typeof value !== 'number' || Number.isNaN(value))).toEqual([]);
});

test('a consumer lags while something is behind its position, and not when nothing is', async () => {
  const queue = await openQueue(database, { ticker_max_count: 1 });
  await passTime(database, '1 hour');
  expect(await samplesOf(queue.name, queue.consumer)).toEqual({
    pgque_consumer_lag_seconds: 0,
    pgque_consumer_pending_events_estimate: 0,
  });
  await queue.sendMany(['a', 'b', 'c']);
  await rows(database, 'select pgque.ticker()');
  const behind = await samplesOf(queue.name, queue.consumer);
  expect(behind['pgque_consumer_pending_events_estimate']).toBe(3);
  expect(behind['pgque_consumer_lag_seconds']).toBeGreaterThan(3599);
  const [message] = await queue.receiveSome(2);
  await passTime(database, '1 minute');
  const open = await samplesOf(queue.name, queue.consumer);
  expect(open['pgque_consumer_batch_age_seconds']).toBeGreaterThan(59);
  expect(open['pgque_consumer_batch_age_seconds']).toBeLessThan(120);
  await queue.ack(message.batch_id);
  expect((await samplesOf(queue.name, queue.consumer))['pgque_consumer_pending_events_estimate']).toBe(1);
  await queue.drain();
  expect(await samplesOf(queue.name, queue.consumer)).toEqual({
    pgque_consumer_lag_seconds: 0,
    pgque_consumer_pending_events_estimate: 0,
  });
});

test('ticks, events, retries, dead letters and rotation of a queue', async () => {
  const queue = await openQueue(database, { ticker_max_count: 1, max_retries: 1 });
  await queue.sendMany(['a', 'b', 'c']);
  await rows(database, 'select pgque.ticker()');
  const messages = await queue.receiveSome();
  await queue.nack(messages.slice(0, 2), '1 hour');
  await rows(database, `select pgque.event_dead($1, $2, 'no')`, [messages[0].batch_id, messages[2]?.msg_id]);
  await queue.ack(messages[0].batch_id);
  await passTime(database, '30 minutes');
  const found = await samplesOf(queue.name);
  expect(found).toMatchObject({ pgque_queue_events_estimate: 3, pgque_retries_pending: 2, pgque_dead_letters: 1 });
  for (const name of ['pgque_queue_ticker_lag_seconds', 'pgque_rotation_age_seconds']) {
    expect(found[name]).toBeGreaterThanOrEqual(1800);
    expect(found[name]).toBeLessThan(1900);
  }
  const overdue = async () => (await metrics()).find(({ name }) => name === 'pgque_retries_overdue_seconds')?.value;
  expect(await overdue()).toBe(0);
  await passTime(database, '31 minutes');
  expect(await overdue()).toBeGreaterThan(59);
  await queue.moveRetries();
  expect(await overdue()).toBe(0);
  expect((await samplesOf(queue.name))['pgque_retries_pending']).toBe(0);
});

test('a state is found wherever rotation has put it, and however many rows its log has', async () => {
  const queue = await openQueue(database, { ticker_max_count: 1 });
  for (let round = 0; round < 40; round += 1) {
    await queue.send('x');
    await rows(database, 'select pgque.ticker()');
    const [message] = await queue.receiveSome();
    await queue.ack(message.batch_id);
  }
  await queue.sendMany(['a', 'b']);
  await rows(database, 'select pgque.ticker()');
  await rows(database, `update pgque.config set log_rotation_period = '1 millisecond'`);
  for (let call = 0; call < 12; call += 1) {
    expect((await samplesOf(queue.name, queue.consumer))['pgque_consumer_pending_events_estimate']).toBe(2);
    await rows(database, 'select pgque.maint()');
  }
});

test('a reader may ask', async () => {
  const reader = await database.role('pgque_reader');
  expect((await metrics(reader)).length).toBe((await metrics()).length);
});
