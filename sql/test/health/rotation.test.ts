import { backendPid, type TestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { faults, findings } from '../support/health.ts';
import { maintain, openHealthy, sendAndTick, tickAll } from '../support/healthy.ts';
import { passTime } from '../support/pass-time.ts';
import type { QueueDriver } from '../support/queue-driver.ts';
import { eventGeneration, maintainUntil } from '../support/rotation.ts';
import { rows } from '../support/rows.ts';

test('no maint: rotation is late, of the event log and of the shared logs', async () => {
  const { database, queue } = await openHealthy({ rotation_period: '1 hour' });
  await maintain(database);
  await sendAndTick(queue);
  await queue.drain();
  await passTime(database, '69 minutes');
  await tickAll(database);
  expect(await faults(database)).toEqual([]);
  await passTime(database, '5 minutes');
  await tickAll(database);
  const late = await faults(database);
  expect(late.map(({ check_name, status, queue_name }) => [check_name, status, queue_name])).toEqual([
    ['rotation', 'warn', queue.name],
    ['rotation', 'warn', null],
    ['rotation', 'warn', null],
  ]);
  for (const fault of late) expect(fault).toMatchObject({ detail: expect.stringContaining('maint() is not called') });
  await passTime(database, '2 hours');
  await tickAll(database);
  expect((await faults(database)).map(({ status }) => status)).toEqual(['fail', 'fail', 'fail']);
  await maintain(database);
  expect(await faults(database)).toEqual([]);
});

/** Rotates the event log by one generation, as if its period had passed and something had been sent. */
async function rotateOnce(database: TestDatabase, queue: QueueDriver): Promise<void> {
  const target = (await eventGeneration(database, queue.name)) + 1n;
  await maintain(database);
  await rows(database, 'select pgque.force_next_tick($1)', [queue.name]);
  await passTime(database, '61 minutes');
  await maintainUntil(
    database,
    `generation ${target}`,
    async () => (await eventGeneration(database, queue.name)) >= target,
  );
}

/** Sends something, and lets two more periods pass in which ticker and maint are called. */
async function letRotationBeLate(database: TestDatabase, queue: QueueDriver): Promise<void> {
  await maintain(database);
  await sendAndTick(queue);
  await queue.drain();
  await passTime(database, '3 hours');
  await tickAll(database);
  await maintain(database);
}

test('a consumer that stands still holds rotation, and is named with what it holds', async () => {
  const { database, queue } = await openHealthy({ rotation_period: '1 hour' });
  const dead = queue.as(database, 'dead');
  await dead.subscribe();
  await sendAndTick(queue);
  await queue.drain();
  await rotateOnce(database, queue);
  await rotateOnce(database, queue);
  await letRotationBeLate(database, queue);
  const found = await faults(database);
  expect(found.map(({ check_name, status, queue_name }) => [check_name, status, queue_name])).toEqual([
    ['rotation', 'fail', queue.name],
    ['consumers', 'fail', queue.name],
  ]);
  for (const fault of found) {
    expect(fault.detail).toContain('consumer "dead"');
    expect(fault.hint).toContain('pgque.unsubscribe()');
  }
  await dead.drain();
  // A hundredth of the rotation period, for dumps that began before.
  await passTime(database, '36 seconds');
  await tickAll(database);
  await maintain(database);
  expect(await faults(database)).toEqual([]);
});

test.each(['a session', 'a prepared transaction'])(
  '%s that has written to a slot holds rotation, and is named',
  async (who) => {
    const { database, queue } = await openHealthy({ rotation_period: '1 hour' });
    const session = await database.connect();
    await maintain(database);
    await session.query(`set application_name = 'sleeper'`);
    await session.query('begin');
    await queue.as(session).send('open');
    if (who !== 'a session') await session.query(`prepare transaction '${queue.name}'`);
    await rotateOnce(database, queue);
    await rotateOnce(database, queue);
    await letRotationBeLate(database, queue);
    const [fault] = await findings(database, 'rotation');
    expect(fault).toMatchObject({ status: 'fail', queue_name: queue.name });
    expect(fault?.detail).toContain(
      who === 'a session'
        ? `session ${await backendPid(session)} (application "sleeper"`
        : `prepared transaction "${queue.name}"`,
    );
    await session.query(who === 'a session' ? 'rollback' : `rollback prepared '${queue.name}'`);
    await maintain(database);
    expect(await findings(database, 'rotation')).toMatchObject([{ status: 'ok' }]);
  },
);

test('a session that reads in a shared log holds its rotation, and is named', async () => {
  const { database, queue } = await openHealthy();
  const session = await database.connect();
  await maintain(database);
  await session.query('begin');
  await queue.as(session).receive();
  for (let hour = 0; hour < 5; hour += 1) {
    await passTime(database, '70 minutes');
    await tickAll(database);
    await maintain(database);
  }
  await passTime(database, '3 hours');
  await tickAll(database);
  const held = (await findings(database, 'rotation')).filter(({ detail }) => detail.includes('holds a lock'));
  expect(held).not.toEqual([]);
  for (const fault of held) {
    expect(fault).toMatchObject({ status: 'fail', queue_name: null });
    expect(fault.detail).toContain(`session ${await backendPid(session)} `);
  }
  await session.query('rollback');
  await maintain(database);
  expect(await faults(database)).toEqual([]);
});
