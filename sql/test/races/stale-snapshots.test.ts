import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue } from '../support/queue-driver.ts';
import { maintainUntil, rotateAtOnce, sharedGenerations } from '../support/rotation.ts';
import { rows } from '../support/rows.ts';
import { scalar } from '../support/scalar.ts';
import { startBlocked } from '../support/start-blocked.ts';

const database = await openTestDatabase();
const [first, second, third] = [await database.connect(), await database.connect(), await database.connect()];

type Log = 'cursor' | 'later';

/** Moves a shared log on by one generation. */
async function rotate(log: Log): Promise<void> {
  const { [log]: before } = await sharedGenerations(database);
  await maintainUntil(database, `the next generation of ${log}`, async () => {
    return (await sharedGenerations(database))[log] > before;
  });
}

test('a REPEATABLE READ consumer does not get a batch that another acknowledged, whatever rotated meanwhile', async () => {
  const queue = await openQueue(database);
  await rotateAtOnce(queue);
  await queue.send('x');
  await queue.tick();
  await rotate('cursor');
  await first.query('begin');
  const [message] = await queue.as(first).receiveSome();
  expect(await queue.as(first).ack(message.batch_id)).toBe(1);
  // The log moves on while the first transaction is open, as far as it can.
  for (let call = 0; call < 6; call += 1) await rows(database, 'select pgque.maint()');
  await second.query('begin isolation level repeatable read; select 1');
  const waiting = await startBlocked(database, second, () => queue.as(second).receive());
  await first.query('commit');
  await expect(waiting.answer).rejects.toMatchObject({ code: '40001' });
  await second.query('rollback');
  expect(await queue.receive()).toEqual([]);
});

test('a REPEATABLE READ consumer works right after the cursor log has advanced', async () => {
  const queue = await openQueue(database);
  await rotateAtOnce(queue);
  await queue.send('x');
  await queue.tick();
  await rotate('cursor');
  await second.query('begin isolation level repeatable read');
  const [message] = await queue.as(second).receiveSome();
  expect(await queue.as(second).ack(message.batch_id)).toBe(1);
  await second.query('commit');
});

test('a message given back twice in one transaction is one retry, whatever rotated in between', async () => {
  const queue = await openQueue(database);
  await rotateAtOnce(queue);
  await queue.send('x');
  await queue.tick();
  const [message] = await queue.receiveSome();
  const nack = `select pgque.nack($1, array[$2::bigint], array[$3::interval])`;
  // Something in the current slot, so that it rotates; committed, so that it can.
  await first.query('begin');
  expect(await scalar(first, nack, [message.batch_id, message.msg_id, '0 seconds'])).toBe(1);
  for (let call = 0; call < 6; call += 1) await rows(database, 'select pgque.maint()');
  expect(await scalar(first, nack, [message.batch_id, message.msg_id, '1 second'])).toBe(0);
  expect(await queue.as(first).ack(message.batch_id)).toBe(1);
  await first.query('commit');
  const due = await rows<{ due: bigint }>(
    database,
    'select count(distinct due_at) as due from pgque.later where ev_id = $1',
    [message.msg_id],
  );
  expect(due).toEqual([{ due: 1n }]);
  expect(await queue.moveRetries()).toBe(1);
  expect(await queue.moveRetries()).toBe(0);
});

test('a REPEATABLE READ session that gives back what another gave back unseen is told to run again', async () => {
  const queue = await openQueue(database);
  await queue.send('x');
  await queue.tick();
  const [message] = await queue.receiveSome();
  await second.query('begin isolation level repeatable read; select count(*) from pgque.later');
  await queue.nack([message]);
  await expect(queue.as(second).nack([message])).rejects.toMatchObject({ code: '40001' });
  await second.query('rollback');
});

test('create_queue of a queue that was created unseen is told to run again', async () => {
  await second.query('begin isolation level repeatable read; select count(*) from pgque.queue');
  await rows(database, `select pgque.create_queue('created unseen')`);
  await expect(second.query(`select pgque.create_queue('created unseen')`)).rejects.toMatchObject({ code: '40001' });
  await second.query('rollback');
  expect(await scalar(second, `select pgque.create_queue('created unseen')`)).toBe(0);
});

test('a producer whose snapshot still sees a dropped queue does not send to its successor', async () => {
  const queue = await openQueue(database);
  await second.query('begin isolation level repeatable read; select count(*) from pgque.queue');
  await rows(database, 'select pgque.drop_queue($1, true)', [queue.name]);
  const successor = await openQueue(database);
  await expect(queue.as(second).send('for the dropped one')).rejects.toMatchObject({ code: '40001' });
  await second.query('rollback');
  await successor.tick();
  expect(await successor.receive()).toEqual([]);
});

test('an open transaction that drops a queue and creates it again stops no ticker', async () => {
  const queue = await openQueue(database);
  const other = await openQueue(database);
  await third.query('begin');
  await rows(third, 'select pgque.drop_queue($1, true)', [queue.name]);
  await rows(third, 'select pgque.create_queue($1)', [queue.name]);
  await other.send('x');
  await first.query(`set lock_timeout = '100ms'`);
  await other.as(first).tick();
  await rows(first, 'select pgque.ticker()');
  await rows(first, 'select * from pgque.get_queue_info($1)', [other.name]);
  await first.query('reset lock_timeout');
  await third.query('commit');
  expect(await other.receivePayloads()).toEqual(['x']);
});
