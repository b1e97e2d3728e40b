import { openPrivateServer } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue, QueueDriver } from '../support/queue-driver.ts';
import { eventGeneration, rotateAtOnce, sharedGenerations } from '../support/rotation.ts';
import { rows } from '../support/rows.ts';
import { scalar } from '../support/scalar.ts';

// What is killed is the server, not the machine: what was written outlives it without fsync.
const { server, database } = await openPrivateServer({ settings: { synchronous_commit: 'on' } });

async function crash(): Promise<void> {
  await server.kill('SIGKILL');
  await server.start();
}

test('a crash right after the install and the first queue leaves generations, positions and events as they were', async () => {
  const queue = await openQueue(database);
  await queue.send('x');
  await queue.tick();
  const [message] = await queue.receiveSome();
  const before = await sharedGenerations(database);
  await crash();
  expect(await sharedGenerations(database)).toEqual(before);
  expect(await eventGeneration(database, queue.name)).toBe(3n);
  expect(await queue.receive()).toEqual([message]);
  expect(await queue.ack(message.batch_id)).toBe(1);
  expect(await queue.receive()).toEqual([]);
});

test('after a crash between any two phases of rotation the next maint() goes on, and nothing is lost or doubled', async () => {
  const queue = await openQueue(database);
  const behind = queue.as(database, 'behind');
  await behind.subscribe();
  await rotateAtOnce(queue);
  const sent: string[] = [];
  const received: (string | null)[] = [];
  for (let phase = 0; phase < 4; phase += 1) {
    sent.push(`message ${phase}`);
    await queue.send(`message ${phase}`);
    await queue.tick();
    const messages = await queue.receiveSome();
    received.push(...messages.map((message) => message.payload));
    // Another number of phases each time, so that each phase is the last one before a crash.
    for (let call = 0; call <= phase % 4; call += 1) await rows(database, 'select pgque.maint()');
    await crash();
    expect(await queue.ack(messages[0].batch_id)).toBe(1);
    expect(await queue.receive()).toEqual([]);
  }
  expect(received).toEqual(sent);
  expect((await behind.drain()).map((message) => message.payload)).toEqual(sent);
  const before = await eventGeneration(database, queue.name);
  const shared = await sharedGenerations(database);
  for (let call = 0; call < 16; call += 1) {
    await queue.send(`more ${call}`);
    await queue.tick();
    expect((await queue.drain()).map((message) => message.payload)).toEqual([`more ${call}`]);
    await behind.drain();
    await rows(database, 'select pgque.maint()');
  }
  expect(await eventGeneration(database, queue.name)).toBeGreaterThan(before + 1n);
  expect((await sharedGenerations(database)).cursor).toBeGreaterThan(shared.cursor + 1n);
});

test('a crash in the middle of a phase, of a receive and of a move of retries is as if these had not begun', async () => {
  const queue = await openQueue(database);
  await rotateAtOnce(queue);
  for (let round = 0; round < 3; round += 1) {
    await queue.sendMany(['nacked', 'acknowledged']);
    await queue.tick();
    const messages = await queue.receiveSome();
    await queue.nack(messages.slice(0, 1));
    await queue.ack(messages[0].batch_id);
    for (let call = 0; call < round; call += 1) await rows(database, 'select pgque.maint()');
    await queue.send('open at the crash');
    await queue.tick();

    const [maintainer, mover, reader] = [await database.connect(), await database.connect(), await database.connect()];
    await mover.query('begin');
    expect(await scalar(mover, 'select pgque.maint_retry_events()')).toBe(1);
    await maintainer.query('begin');
    await scalar(maintainer, 'select pgque.maint()');
    await reader.query('begin');
    const [open] = await queue.as(reader).receiveSome();
    await queue.as(reader).ack(open.batch_id);
    await crash();

    const survivor = new QueueDriver(database, queue.name, queue.consumer);
    await rows(database, 'select pgque.maint()');
    expect(await survivor.moveRetries()).toBe(1);
    const payloads = (await survivor.drain()).map((message) => message.payload);
    expect(payloads.toSorted()).toEqual(['nacked', 'open at the crash']);
  }
});
