import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue, type QueueDriver } from '../support/queue-driver.ts';
import { rotateEventLog } from '../support/rotation.ts';
import { rows } from '../support/rows.ts';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();
const session = await database.connect();

const seek = (queue: QueueDriver, to: string): Promise<bigint> =>
  scalar(queue.session, `select pgque.seek($1, $2, ${to})`, [queue.name, queue.consumer]);

async function threeTicks(): Promise<QueueDriver> {
  const queue = await openQueue(database, { rotation_period: '1 millisecond' });
  for (const payload of ['1', '2', '3']) {
    await queue.send(payload);
    await queue.tick();
  }
  return queue;
}

const payloads = async (queue: QueueDriver): Promise<(string | null)[]> =>
  (await queue.drain()).map((message) => message.payload);

test('a consumer goes back to the earliest position, to a tick, to a time, and forward to the latest', async () => {
  const queue = await threeTicks();
  expect(await payloads(queue)).toEqual(['1', '2', '3']);
  expect(await seek(queue, `'earliest'`)).toBe(1n);
  expect(await payloads(queue)).toEqual(['1', '2', '3']);
  expect(await seek(queue, '2::bigint')).toBe(2n);
  expect(await payloads(queue)).toEqual(['2', '3']);
  const [third] = await rows<{ at: Date }>(
    database,
    `select tick_time as at from pgque.tick t join pgque.queue q using (queue_id) where queue_name = $1 and tick_id = 3`,
    [queue.name],
  );
  const at = await scalar<string>(database, "select ($1::timestamptz + interval '1 ms')::text", [
    third?.at.toISOString(),
  ]);
  expect(await seek(queue, `'${at}'::timestamptz`)).toBe(3n);
  expect(await payloads(queue)).toEqual(['3']);
  await seek(queue, `'earliest'`);
  expect(await seek(queue, `'latest'`)).toBe(4n);
  expect(await payloads(queue)).toEqual([]);
});

test('a new consumer starts at the earliest position, at a time, or at a tick', async () => {
  const queue = await threeTicks();
  const as = (consumer: string): QueueDriver => queue.as(database, consumer);
  await rows(database, `select pgque.subscribe($1, 'all', 'earliest')`, [queue.name]);
  await rows(database, `select pgque.subscribe($1, 'none', 'latest')`, [queue.name]);
  await rows(database, `select pgque.register_consumer_at($1, 'some', 2)`, [queue.name]);
  await expect(rows(database, `select pgque.subscribe($1, 'c', '2000-01-01')`, [queue.name])).rejects.toMatchObject({
    code: 'QU021',
  });
  expect(await payloads(as('all'))).toEqual(['1', '2', '3']);
  expect(await payloads(as('none'))).toEqual([]);
  expect(await payloads(as('some'))).toEqual(['2', '3']);
  expect(await scalar(database, `select pgque.register_consumer_at($1, 'some', 3)`, [queue.name])).toBe(0);
  expect(await payloads(as('some'))).toEqual(['3']);
});

test('what has been truncated cannot be read again, and the error says what is the oldest', async () => {
  const queue = await threeTicks();
  await queue.drain();
  for (let generation = 0; generation < 3; generation += 1) {
    await rotateEventLog(queue);
    await queue.send(`after ${generation}`);
    await queue.tick();
    await queue.drain();
  }
  const refusal = seek(queue, '1::bigint');
  await expect(refusal).rejects.toMatchObject({
    code: 'QU021',
    detail: expect.stringMatching(/^the oldest is tick \d+ at/),
  });
  const earliest = await seek(queue, `'earliest'`);
  expect(earliest).toBeGreaterThan(1n);
  const again = await payloads(queue);
  expect(again).toContain('after 2');
  expect(again).not.toContain('1');
});

test('while a position is being taken and is not committed, nothing that it needs is truncated', async () => {
  const queue = await threeTicks();
  await queue.drain();
  await session.query('begin');
  expect(await seek(queue.as(session), `'earliest'`)).toBe(1n);
  for (let call = 0; call < 20; call += 1) {
    await queue.send('x');
    expect(await scalar(database, 'select pgque.maint()')).toBe(0);
  }
  await session.query('commit');
  await queue.tick();
  expect((await payloads(queue)).slice(0, 3)).toEqual(['1', '2', '3']);
});

test('a consumer with an open batch is not moved, and its retries stay when it is', async () => {
  const queue = await threeTicks();
  const [message] = await queue.receiveSome();
  await expect(seek(queue, `'latest'`)).rejects.toMatchObject({ code: 'QU019' });
  await queue.nack([message]);
  await queue.ack(message.batch_id);
  await seek(queue, `'latest'`);
  await queue.moveRetries();
  expect(await payloads(queue)).toEqual(['1']);
});

test.each([`'yesterday maybe'`, 'null::text', '99::bigint', 'null::bigint', 'null::timestamptz'])(
  'a position of %s is refused',
  async (to) => {
    const queue = await openQueue(database);
    await expect(seek(queue, to)).rejects.toMatchObject({ code: expect.stringMatching(/^QU0(05|21)$/) });
  },
);

test('a message that comes again after a seek back can be given back again, though its retry was delivered before', async () => {
  const queue = await openQueue(database);
  const start = await queue.tick();
  await queue.send('again');
  await queue.tick();
  for (let pass = 0; pass < 3; pass += 1) {
    const [message] = await queue.receiveSome();
    expect(await queue.nack([message])).toBe(1);
    expect(await queue.moveRetries()).toBe(1);
    // Twice is once, also when the retry is on its way already.
    expect(await queue.nack([message])).toBe(0);
    await queue.ack(message.batch_id);
    expect((await queue.drain()).at(-1)).toMatchObject({ payload: 'again', retry_count: pass + 1 });
    await seek(queue, `${start}::bigint`);
  }
});
