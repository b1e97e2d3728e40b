import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue, QueueDriver } from '../support/queue-driver.ts';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();

test('subscribe answers 1 for a new consumer and 0 for one that is there, whose position stays', async () => {
  const queue = await openQueue(database);
  await queue.send('before');
  await queue.tick();
  expect(await queue.subscribe()).toBe(0);
  expect(await queue.receivePayloads()).toEqual(['before']);
  expect(await queue.as(database, 'second').subscribe()).toBe(1);
  expect(await queue.as(database, 'second').subscribe()).toBe(0);
});

test('register_consumer is the same under its PgQ name', async () => {
  const queue = await openQueue(database);
  const register = () => scalar(database, 'select pgque.register_consumer($1, $2)', [queue.name, 'classic']);
  expect(await register()).toBe(1);
  expect(await register()).toBe(0);
});

test('a new consumer starts at the newest tick: what was ticked before is not for it, the rest is', async () => {
  const queue = await openQueue(database);
  await queue.send('ticked');
  await queue.tick();
  await queue.send('not ticked yet');
  const late = queue.as(database, 'late');
  await late.subscribe();
  await queue.send('after');
  await queue.tick();
  expect(await late.receivePayloads()).toEqual(['not ticked yet', 'after']);
});

test('a consumer who subscribes while an older transaction is still sending gets what that commits later', async () => {
  const queue = await openQueue(database);
  const session = await database.connect();
  await session.query('begin');
  await queue.as(session).send('open');
  await queue.tick();
  const late = queue.as(database, 'late');
  await late.subscribe();
  await session.query('commit');
  await queue.tick();
  expect(await late.receivePayloads()).toEqual(['open']);
});

test('a consumer that left and came back starts anew', async () => {
  const queue = await openQueue(database);
  await queue.send('missed');
  await queue.tick();
  await scalar(database, 'select pgque.unsubscribe($1, $2)', [queue.name, queue.consumer]);
  expect(await queue.subscribe()).toBe(1);
  await queue.tick();
  expect(await queue.receive()).toEqual([]);
});

test('a consumer name may be anything but empty or NULL', async () => {
  const queue = await openQueue(database);
  const odd = queue.as(database, `it's "odd", ${'x'.repeat(300)} 🦆`);
  expect(await odd.subscribe()).toBe(1);
  await queue.send('x');
  await queue.tick();
  expect(await odd.receivePayloads()).toEqual(['x']);
  await expect(queue.as(database, '').subscribe()).rejects.toMatchObject({
    code: 'QU005',
    message: 'consumer must not be empty',
  });
  await expect(scalar(database, 'select pgque.subscribe($1, null)', [queue.name])).rejects.toMatchObject({
    code: 'QU005',
    message: 'consumer must not be null',
  });
});

test('an unknown queue is refused', async () => {
  await expect(new QueueDriver(database, 'nope').subscribe()).rejects.toMatchObject({
    code: 'QU001',
    message: 'queue not found: nope',
  });
});
