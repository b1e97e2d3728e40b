import { backendPid, openTestDatabase, waitUntilBlocked } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue, type QueueDriver } from '../support/queue-driver.ts';
import { scalar } from '../support/scalar.ts';
import type { Session } from '../support/session.ts';

const database = await openTestDatabase();
const replay = (session: Session, id: bigint | null) => scalar<bigint>(session, 'select pgque.dlq_replay($1)', [id]);

async function withDeadLetter(): Promise<[QueueDriver, bigint]> {
  const queue = await openQueue(database, { max_retries: 0 });
  await scalar(database, `select pgque.insert_event($1, 't', 'dead', 'e1', 'e2', 'e3', 'e4')`, [queue.name]);
  await queue.tick();
  const messages = await queue.receiveSome();
  await queue.nack(messages);
  await queue.ack(messages[0].batch_id);
  return [queue, await scalar<bigint>(database, 'select dl_id from pgque.dlq_inspect($1)', [queue.name])];
}

test('the message is sent anew, whole, to every subscription, and may fail and die again', async () => {
  const [queue, id] = await withDeadLetter();
  const other = queue.as(database, 'other');
  await other.subscribe();
  const newId = await replay(database, id);
  await queue.tick();
  expect(await other.receivePayloads()).toEqual(['dead']);
  const messages = await queue.receiveSome();
  expect(messages).toMatchObject([
    {
      msg_id: newId,
      type: 't',
      payload: 'dead',
      retry_count: null,
      extra1: 'e1',
      extra2: 'e2',
      extra3: 'e3',
      extra4: 'e4',
    },
  ]);
  expect(await queue.nack(messages)).toBe(1);
  expect(await scalar(database, 'select ev_id from pgque.dlq_inspect($1)', [queue.name])).toBe(newId);
});

test('an entry is replayed once, an unknown one not at all', async () => {
  const [, id] = await withDeadLetter();
  await replay(database, id);
  await expect(replay(database, id)).rejects.toMatchObject({
    code: 'QU009',
    message: `dead letter entry not found: ${id}`,
  });
  await expect(replay(database, null)).rejects.toMatchObject({
    code: 'QU009',
    message: 'dead letter entry not found: NULL',
  });
});

test('of two sessions at once one replays it, the other waits and finds nothing', async () => {
  const [queue, id] = await withDeadLetter();
  const [first, second, observer] = [await database.connect(), await database.connect(), await database.connect()];
  await first.query('begin');
  await replay(first, id);
  const pid = await backendPid(second);
  const waiting = expect(replay(second, id)).rejects.toMatchObject({ code: 'QU009' });
  await waitUntilBlocked(observer, pid);
  await first.query('commit');
  await waiting;
  await queue.tick();
  expect(await queue.receivePayloads()).toEqual(['dead']);
});

test('when the first rolls back the second replays it', async () => {
  const [queue, id] = await withDeadLetter();
  const [first, second, observer] = [await database.connect(), await database.connect(), await database.connect()];
  await first.query('begin');
  await replay(first, id);
  const pid = await backendPid(second);
  const waiting = replay(second, id);
  await waitUntilBlocked(observer, pid);
  await first.query('rollback');
  expect(await waiting).toBeGreaterThan(0n);
  await queue.tick();
  expect(await queue.receivePayloads()).toEqual(['dead']);
});

test('a queue that takes no events keeps the entry', async () => {
  const [queue, id] = await withDeadLetter();
  await queue.configure('disable_insert', 'true');
  await expect(replay(database, id)).rejects.toMatchObject({ code: 'QU007' });
  expect(await scalar(database, 'select dl_id from pgque.dlq_inspect($1)', [queue.name])).toBe(id);
});
