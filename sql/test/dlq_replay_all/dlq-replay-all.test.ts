import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue, type QueueDriver } from '../support/queue-driver.ts';
import { rows } from '../support/rows.ts';
import { scalar } from '../support/scalar.ts';
import type { Session } from '../support/session.ts';

const database = await openTestDatabase();
const replayAll = (session: Session, name: string) => rows(session, 'select * from pgque.dlq_replay_all($1)', [name]);

async function withDeadLetters(payloads: string[]): Promise<QueueDriver> {
  const queue = await openQueue(database, { max_retries: 0 });
  await queue.sendMany(payloads);
  await queue.tick();
  const messages = await queue.receiveSome();
  await queue.nack(messages);
  await queue.ack(messages[0].batch_id);
  return queue;
}

test('all are replayed, the oldest first', async () => {
  const queue = await withDeadLetters(['a', 'b', 'c']);
  expect(await replayAll(database, queue.name)).toEqual([{ replayed: 3n, failed: 0n, first_error: null }]);
  await queue.tick();
  expect(await queue.receivePayloads()).toEqual(['a', 'b', 'c']);
  expect(await replayAll(database, queue.name)).toEqual([{ replayed: 0n, failed: 0n, first_error: null }]);
});

test('one that fails stays, is counted, and does not stop the rest', async () => {
  const queue = await withDeadLetters(['good', 'bad', 'good too']);
  await database.query(`
    create function refuse_bad() returns trigger language plpgsql as $$
    begin raise exception 'no bad events here'; end $$`);
  const log = await scalar(database, 'select log_id from pgque.queue where queue_name = $1', [queue.name]);
  for (const slot of [0, 1, 2]) {
    await database.query(`create trigger refuse_bad before insert on pgque.event_${log}_${slot}
      for each row when (new.ev_data = 'bad') execute function refuse_bad()`);
  }
  expect(await replayAll(database, queue.name)).toEqual([
    { replayed: 2n, failed: 1n, first_error: expect.stringContaining('no bad events here') },
  ]);
  await queue.tick();
  expect(await queue.receivePayloads()).toEqual(['good', 'good too']);
  expect(await scalar(database, 'select ev_data from pgque.dlq_inspect($1)', [queue.name])).toBe('bad');
});

test('of two sessions at once the second leaves to the first what that is replaying', async () => {
  const queue = await withDeadLetters(['a', 'b']);
  const session = await database.connect();
  await session.query('begin');
  expect(await replayAll(session, queue.name)).toMatchObject([{ replayed: 2n }]);
  expect(await replayAll(database, queue.name)).toEqual([{ replayed: 0n, failed: 0n, first_error: null }]);
  await session.query('commit');
  await queue.tick();
  expect(await queue.receivePayloads()).toEqual(['a', 'b']);
});

test('an unknown queue is refused', async () => {
  await expect(replayAll(database, 'nope')).rejects.toMatchObject({ code: 'QU001' });
});
