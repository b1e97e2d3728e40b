import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { openPrivateServer, TestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue } from '../support/queue-driver.ts';
import { rotateAtOnce, rotateEventLog } from '../support/rotation.ts';
import { rows } from '../support/rows.ts';
import { scalar } from '../support/scalar.ts';
import { age, dump, restore } from './dump.ts';
import { rebase } from './open-restored.ts';

// pg_dump takes its snapshot first and locks the tables afterwards. What is truncated in between it finds empty.
const old = await openPrivateServer({ major: 15 });
const young = await openPrivateServer({ major: 15 });
await age(old.database, 20_000);
const script = await readFile(new URL('../../pgque.sql', import.meta.url), 'utf8');

test('a dump that waits for its locks while consumers go on and logs rotate has what it saw', async () => {
  const database = new TestDatabase(await old.server.createDatabase(), old.server);
  // Tables are locked in the order in which they were made.
  await database.query('create table locked_first ()');
  await database.query(script);
  const queue = await openQueue(database);
  const idle = queue.as(database, 'idle');
  await idle.subscribe();
  await rotateAtOnce(queue);
  const slow = queue.as(database, 'slow');
  await slow.subscribe();
  const sent = ['a', 'b', 'c'];
  for (const [at, payload] of sent.entries()) {
    await queue.send(payload);
    await queue.tick();
    await queue.drain();
    if (at < 2) await rotateEventLog(queue);
  }
  await rows(database, `select pgque.send_at($1, 'default', 'delayed'::text, interval '1 hour')`, [queue.name]);
  await queue.configure('rotation_period', null);
  await rows(database, `update pgque.config set log_rotation_period = '1 hour'`);

  const blocker = await database.connect();
  await blocker.query('begin; lock table locked_first in access exclusive mode');
  const dumped = dump(database, 'custom');
  const waiting = `select count(*) from pg_stat_activity where application_name = 'pg_dump' and wait_event_type = 'Lock'`;
  while ((await scalar<bigint>(old.database, waiting)) === 0n) await delay(10);
  await slow.drain();
  await idle.drain();
  for (let call = 0; call < 20; call += 1) {
    await rows(database, `select pgque.send_at($1, 'default', 'later'::text, interval '1 hour')`, [queue.name]);
    await rows(database, 'select pgque.maint()');
  }
  await blocker.query('commit');
  const file = await dumped;

  const restored = await restore(young, file, { format: 'custom' });
  expect(await rebase(restored)).toBe(1);
  await rows(restored, `update pgque.later set due_at = clock_timestamp()`);
  const other = slow.as(restored);
  expect(await other.moveRetries()).toBe(1);
  for (const consumer of ['slow', 'idle']) {
    expect((await slow.as(restored, consumer).drain()).map(({ payload }) => payload)).toEqual([...sent, 'delayed']);
  }
});
