import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue } from '../support/queue-driver.ts';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();
const events = (batchId: bigint | null) => database.query('select * from pgque.get_batch_events($1)', [batchId]);

test('the events come with the columns of PgQ, in the order of their ids', async () => {
  const queue = await openQueue(database);
  const session = await database.connect();
  await session.query('begin');
  const txid = BigInt(await scalar<string>(session, 'select pg_current_xact_id()::text'));
  const id = await scalar<bigint>(session, `select pgque.insert_event($1, 't', 'd', 'e1', 'e2', 'e3', 'e4')`, [
    queue.name,
  ]);
  await session.query('commit');
  await queue.send('second');
  await queue.tick();
  const batchId = await scalar<bigint>(database, 'select pgque.next_batch($1, $2)', [queue.name, queue.consumer]);
  const [first, second, ...others] = await events(batchId);
  expect(first).toEqual({
    ev_id: id,
    ev_time: expect.any(Date),
    ev_txid: txid,
    ev_retry: null,
    ev_type: 't',
    ev_data: 'd',
    ev_extra1: 'e1',
    ev_extra2: 'e2',
    ev_extra3: 'e3',
    ev_extra4: 'e4',
  });
  expect(second).toMatchObject({ ev_data: 'second' });
  expect(others).toEqual([]);
});

test('of a page that receive opened it is the page', async () => {
  const queue = await openQueue(database);
  await queue.sendMany(['a', 'b', 'c']);
  await queue.tick();
  const [message] = await queue.receiveSome(2);
  expect(await events(message.batch_id)).toMatchObject([{ ev_data: 'a' }, { ev_data: 'b' }]);
});

test('a batch that is not open is refused', async () => {
  await expect(events(0n)).rejects.toMatchObject({ code: 'QU003', message: 'batch not found: 0' });
  await expect(events(null)).rejects.toMatchObject({ code: 'QU003', message: 'batch not found: NULL' });
});
