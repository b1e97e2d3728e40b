import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { deadTuples } from '../support/dead-tuples.ts';
import { openQueue } from '../support/queue-driver.ts';
import { rows } from '../support/rows.ts';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();
const [seconds, eventsPerSecond, ticksPerSecond] = [30, 800, 10];

// The one test that takes the time it takes: it shows a rate over a time.
test(`${seconds} s at ${eventsPerSecond} events/s under a pinned horizon: no dead tuple, and less than half still stored`, {
  timeout: seconds * 4000,
}, async () => {
  const queue = await openQueue(database);
  const second = queue.as(await database.connect(), 'second');
  await second.subscribe();
  await queue.configure('rotation_period', '2 seconds');
  await rows(database, `update pgque.config set log_rotation_period = '2 seconds'`);
  const pin = await database.connect();
  await pin.query('begin isolation level repeatable read');
  await pin.query('select pg_current_xact_id(), count(*) from pg_class');

  const payloads = Array.from({ length: eventsPerSecond / ticksPerSecond }, (_, index) => `${index}`.padEnd(100, '.'));
  const startedAt = performance.now();
  const received = { first: 0, second: 0 };
  let [sent, nacked] = [0, 0];
  for (let beat = 0; beat < seconds * ticksPerSecond; beat += 1) {
    await queue.sendMany(payloads);
    sent += payloads.length;
    await rows(database, 'select pgque.force_next_tick($1)', [queue.name]);
    await rows(database, 'select pgque.ticker()');
    const messages = await queue.receiveSome(1000);
    nacked += await queue.nack(messages.slice(0, 1));
    await queue.ack(messages[0].batch_id);
    received.first += messages.length;
    received.second += (await second.drain()).length;
    await rows(database, 'select pgque.maint_retry_events()');
    if (beat % 5 === 0) await rows(database, 'select pgque.maint()');
    const early = startedAt + ((beat + 1) * 1000) / ticksPerSecond - performance.now();
    if (early > 0) await rows(database, 'select pg_sleep($1)', [early / 1000]);
  }

  expect(sent).toBe(seconds * eventsPerSecond);
  expect(received.second).toBe(sent);
  expect(received.first).toBeGreaterThanOrEqual(sent);
  expect(nacked).toBeGreaterThan(seconds * ticksPerSecond - 1);
  const dead = await deadTuples(database);
  // Settings were changed before the pin: one old version of the queue's row and of the one of config.
  expect(dead.filter(({ name, dead: count }) => !(['queue', 'config'].includes(name) && count <= 1n))).toEqual([]);
  expect(Number(await scalar<bigint>(database, 'select count(*) from pgque.event'))).toBeLessThan(sent / 2);
  await pin.query('commit');
});
