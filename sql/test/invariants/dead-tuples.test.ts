import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { countTables, deadTuples } from '../support/dead-tuples.ts';
import { openQueue } from '../support/queue-driver.ts';
import { eventGeneration, rotateAtOnce, sharedGenerations } from '../support/rotation.ts';
import { rows } from '../support/rows.ts';

const database = await openTestDatabase();

test('pgstattuple sees a dead tuple where there is one', async () => {
  await rows(database, 'create table pgque.planted as select 1 as a');
  await rows(database, 'update pgque.planted set a = 2');
  expect(await deadTuples(database)).toEqual([{ name: 'planted', dead: 1n }]);
  await rows(database, 'drop table pgque.planted');
});

test('a steady run under a pinned horizon leaves no dead tuple in any table', async () => {
  const queue = await openQueue(database);
  const other = queue.as(database, 'other');
  await other.subscribe();
  await rotateAtOnce(queue);
  await rows(database, 'vacuum pgque.queue, pgque.config');
  const [events, shared] = [await eventGeneration(database, queue.name), await sharedGenerations(database)];

  const pin = await database.connect();
  await pin.query('begin isolation level repeatable read');
  await pin.query('select pg_current_xact_id(), count(*) from pg_class');
  let received = 0;
  for (let cycle = 0; cycle < 60; cycle += 1) {
    await queue.sendMany(['1', '2', '3', '4', '5']);
    await queue.send('6');
    await queue.tick();
    const messages = await queue.receiveSome(4);
    await queue.nack(messages.slice(0, 2));
    await queue.ack(messages[0].batch_id);
    received += messages.length + (await queue.drain()).length + (await other.drain()).length;
    await rows(database, 'select pgque.maint_retry_events()');
    await rows(database, 'select pgque.maint()');
  }
  // What is being proved is worth nothing unless all of this went on.
  expect(received).toBeGreaterThan(60 * 12);
  expect((await eventGeneration(database, queue.name)) - events).toBeGreaterThan(5n);
  const now = await sharedGenerations(database);
  expect(now.tick - shared.tick).toBeGreaterThan(5n);
  expect(now.cursor - shared.cursor).toBeGreaterThan(5n);
  expect(now.later - shared.later).toBeGreaterThan(5n);
  expect(await countTables(database)).toBeGreaterThan(15);
  expect(await deadTuples(database)).toEqual([]);
  const [stored] = await rows<{ count: bigint }>(database, 'select count(*) from pgque.event');
  expect(stored?.count).toBeLessThan(120n);
  await pin.query('commit');
});
