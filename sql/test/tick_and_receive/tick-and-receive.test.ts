import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue, type QueueDriver } from '../support/queue-driver.ts';
import { rows } from '../support/rows.ts';
import { startBlocked } from '../support/start-blocked.ts';

const database = await openTestDatabase();

async function tickAndReceive(queue: QueueDriver, maxReturn = 100): Promise<(string | null)[]> {
  const messages = await rows<{ payload: string | null }>(
    queue.session,
    'select payload from pgque.tick_and_receive($1, $2, $3)',
    [queue.name, queue.consumer, maxReturn],
  );
  return messages.map(({ payload }) => payload);
}

test('what was sent since the last tick is received at once, in pages, whatever the thresholds', async () => {
  const queue = await openQueue(database, { ticker_max_lag: '1 hour', ticker_max_count: 1_000_000 });
  await queue.sendMany(['a', 'b', 'c']);
  expect(await tickAndReceive(queue, 2)).toEqual(['a', 'b']);
  const [{ batch_id: batchId }] = await queue.receiveSome();
  await queue.send('d');
  expect(await tickAndReceive(queue, 2)).toEqual(['a', 'b']);
  await queue.ack(batchId);
  expect(await tickAndReceive(queue)).toEqual(['c']);
});

test('other consumers of the queue are notified of its ticks', async () => {
  const queue = await openQueue(database);
  const listener = await database.connect();
  const heard: (string | undefined)[] = [];
  listener.on('notification', ({ payload }) => heard.push(payload));
  await listener.query(`listen "pgque_${queue.name}"`);
  await queue.send('x');
  await tickAndReceive(queue);
  await listener.query('select 1');
  expect(heard).toEqual(['2']);
});

test('a paused queue and one with an external ticker are received from and not ticked', async () => {
  for (const setting of ['ticker_paused', 'external_ticker']) {
    const queue = await openQueue(database);
    await queue.send('ticked before');
    await queue.tick();
    await queue.send('not ticked');
    await queue.configure(setting, 'true');
    expect(await tickAndReceive(queue)).toEqual(['ticked before']);
  }
});

test('it does not wait for a ticker', async () => {
  const queue = await openQueue(database);
  await queue.send('x');
  const ticker = await database.connect();
  await ticker.query('begin; select pgque.ticker()');
  expect(await tickAndReceive(queue)).toEqual([]);
  await ticker.query('commit');
  expect(await tickAndReceive(queue)).toEqual(['x']);
});

test('messages from before a look of another ticker do not answer for what was sent after it: the doorbell rings again', async () => {
  const queue = await openQueue(database);
  const listener = await database.connect();
  const heard: (string | undefined)[] = [];
  listener.on('notification', ({ payload }) => heard.push(payload));
  await listener.query('listen "pgque:doorbell"');
  await database.query(`select setval('pgque.doorbell', 9000000000)`);
  const ticker = await database.connect();
  await queue.send('before');
  await queue.tick();
  await ticker.query('begin; select pgque.ticker()');
  await queue.send('after');
  expect(await tickAndReceive(queue)).toEqual(['before']);
  await ticker.query('commit');
  await listener.query('select 1');
  expect(heard).toEqual([queue.name, queue.name, queue.name]);
  await queue.ack((await queue.receiveSome())[0].batch_id);
  expect(await tickAndReceive(queue)).toEqual(['after']);
  await listener.query('select 1');
  expect(heard).toHaveLength(3);
  await database.query(`select setval('pgque.doorbell', 0)`);
});

test('while it waits for its subscription no ticker waits for it', async () => {
  const queue = await openQueue(database);
  await queue.send('first');
  await queue.tick();
  const holder = queue.as(await database.connect());
  await rows(holder.session, 'begin');
  await holder.receiveSome();
  const waiter = await database.connect();
  const { answer } = await startBlocked(database, waiter, () => tickAndReceive(queue.as(waiter)));
  await queue.send('second');
  expect(await queue.tick()).toBeTypeOf('bigint');
  await rows(holder.session, 'rollback');
  expect(await answer).toEqual(['first']);
});

test('what its own transaction has sent is delivered after the commit', async () => {
  const queue = await openQueue(database);
  const session = await database.connect();
  await session.query('begin');
  await queue.as(session).send('before');
  expect(await tickAndReceive(queue.as(session))).toEqual([]);
  await queue.as(session).send('after');
  await session.query('commit');
  expect(await tickAndReceive(queue)).toEqual(['before', 'after']);
});

test.each([
  ['a queue that does not exist', 'QU001', (queue: QueueDriver) => [`${queue.name}?`, queue.consumer, 1]],
  ['a consumer that is not subscribed', 'QU002', (queue: QueueDriver) => [queue.name, 'nobody', 1]],
  ['no messages at all', 'QU005', (queue: QueueDriver) => [queue.name, queue.consumer, 0]],
])('%s is refused, and nothing is ticked', async (_, code, values) => {
  const queue = await openQueue(database);
  await queue.send('x');
  await expect(rows(database, 'select * from pgque.tick_and_receive($1, $2, $3)', values(queue))).rejects.toMatchObject(
    { code },
  );
  expect(await queue.receivePayloads()).toEqual([]);
});

test('where no statement sees newer commits it is refused', async () => {
  const queue = await openQueue(database);
  const session = await database.connect();
  await session.query('begin isolation level repeatable read');
  await expect(tickAndReceive(queue.as(session))).rejects.toMatchObject({ code: 'QU013' });
  await session.query('rollback');
});
