import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openGroup } from '../support/group-driver.ts';
import { openQueue } from '../support/queue-driver.ts';
import { maintainUntil, rotateAtOnce, sharedGenerations } from '../support/rotation.ts';
import { rows } from '../support/rows.ts';
import { scalar } from '../support/scalar.ts';

// What outlives many rotations of the shared logs although nobody touches it meanwhile.
const database = await openTestDatabase();
const busy = await openQueue(database);
await rotateAtOnce(busy);

/** Rotates every shared log several times over, with the traffic of a queue that is none of the test's business. */
async function rotateSharedLogs(): Promise<void> {
  const before = await sharedGenerations(database);
  await maintainUntil(
    database,
    'four more generations of each shared log',
    async () => {
      await busy.send('x');
      await busy.tick();
      const messages = await busy.receiveSome();
      await busy.nack(messages);
      await busy.ack(messages[0].batch_id);
      await rows(database, 'select pgque.maint_retry_events()');
      await busy.tick();
      await busy.drain();
      const now = await sharedGenerations(database);
      return now.tick >= before.tick + 4n && now.cursor >= before.cursor + 4n && now.later >= before.later + 4n;
    },
    120,
  );
}

test('an open batch, a page of a window and a position', async () => {
  const queue = await openQueue(database);
  const paging = queue.as(database, 'paging');
  await paging.subscribe();
  await queue.sendMany(['a', 'b', 'c']);
  await queue.tick();
  const open = await queue.receiveSome();
  const [page] = await paging.receiveSome(1);
  await paging.ack(page.batch_id);
  await rotateSharedLogs();
  expect(await queue.receive()).toEqual(open);
  expect(await queue.ack(open[0].batch_id)).toBe(1);
  expect((await paging.drain()).map((message) => message.payload)).toEqual(['b', 'c']);
});

test('the ticks that a consumer is behind, without a loss and without a double', async () => {
  const queue = await openQueue(database);
  const payloads = Array.from({ length: 12 }, (_, index) => String(index));
  for (const payload of payloads) {
    await queue.send(payload);
    await queue.tick();
  }
  await rotateSharedLogs();
  await queue.send('last');
  await queue.tick();
  expect((await queue.drain()).map((message) => message.payload)).toEqual([...payloads, 'last']);
});

test('the newest tick of a queue at rest, from which the next one counts', async () => {
  const queue = await openQueue(database);
  const tickId = await queue.tick();
  await rotateSharedLogs();
  expect(await scalar(database, 'select last_tick_id from pgque.get_queue_info($1)', [queue.name])).toBe(tickId);
  expect(await queue.tick()).toBe(tickId + 1n);
  const late = queue.as(database, 'late');
  await late.subscribe();
  await queue.send('x');
  await queue.tick();
  expect(await late.receivePayloads()).toEqual(['x']);
});

test('a retry that is not due for long, once', async () => {
  const queue = await openQueue(database);
  await queue.send('x');
  await queue.tick();
  const messages = await queue.receiveSome();
  await queue.nack(messages, '1 hour', 'why');
  await queue.ack(messages[0].batch_id);
  await rotateSharedLogs();
  const kept = 'select distinct ev_id, reason from pgque.later where batch_id = $1';
  expect(await rows(database, kept, [messages[0].batch_id])).toEqual([{ ev_id: messages[0].msg_id, reason: 'why' }]);
  await database.query(`update pgque.later set due_at = clock_timestamp() where batch_id = ${messages[0].batch_id}`);
  await queue.moveRetries();
  await queue.moveRetries();
  expect((await queue.drain()).map((message) => message.retry_count)).toEqual([1]);
});

test('that a message of an open batch was nacked: nacked again it is still one retry', async () => {
  const queue = await openQueue(database);
  await queue.send('x');
  await queue.tick();
  const messages = await queue.receiveSome();
  expect(await queue.nack(messages)).toBe(1);
  await rotateSharedLogs();
  expect(await queue.nack(messages)).toBe(0);
  await queue.ack(messages[0].batch_id);
  await queue.moveRetries();
  expect((await queue.drain()).map((message) => message.retry_count)).toEqual([1]);
});

test('the same of a batch that went from one member to the next, and to a third', async () => {
  const group = await openGroup(database);
  await group.queue.sendMany(['nacked by the first', 'nacked by the second']);
  await group.queue.tick();
  const [one, two] = await group.receive('first');
  expect(await group.queue.nack(one ? [one] : [])).toBe(1);
  const taken = await group.receive('second', 100, '0 seconds');
  await rotateSharedLogs();
  expect(await group.queue.nack(taken)).toBe(1);
  const takenAgain = await group.receive('third', 100, '0 seconds');
  await rotateSharedLogs();
  expect(await group.queue.nack(takenAgain)).toBe(0);
  await group.queue.ack(takenAgain[0]?.batch_id);
  await group.queue.moveRetries();
  expect((await group.receive('third')).map(({ msg_id, retry_count }) => [msg_id, retry_count])).toEqual([
    [one?.msg_id, 1],
    [two?.msg_id, 1],
  ]);
});
