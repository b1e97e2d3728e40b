import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue } from '../support/queue-driver.ts';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();
const queue = await openQueue(database);

test('type, data and four extras arrive', async () => {
  const id = await scalar(database, `select pgque.insert_event($1, 't', 'd', 'e1', 'e2', 'e3', 'e4')`, [queue.name]);
  await queue.tick();
  const [message] = await queue.receiveSome();
  expect(message).toMatchObject({
    msg_id: id,
    type: 't',
    payload: 'd',
    extra1: 'e1',
    extra2: 'e2',
    extra3: 'e3',
    extra4: 'e4',
  });
  await queue.ack(message.batch_id);
});

test('without extras these are NULL, and so may be everything else', async () => {
  await scalar(database, 'select pgque.insert_event($1, null, null)', [queue.name]);
  await queue.tick();
  const [message] = await queue.receiveSome();
  expect(message).toMatchObject({ type: null, payload: null, extra1: null, extra2: null, extra3: null, extra4: null });
  await queue.ack(message.batch_id);
});

test('named notation works with the names of PgQ', async () => {
  await scalar(database, `select pgque.insert_event(queue_name => $1, ev_type => 't', ev_data => 'd')`, [queue.name]);
  await queue.tick();
  expect(await queue.receive()).toMatchObject([{ type: 't', payload: 'd' }]);
});

test('an unknown queue is refused', async () => {
  await expect(database.query(`select pgque.insert_event('nope', 't', 'd')`)).rejects.toMatchObject({
    code: 'QU001',
    message: 'queue not found: nope',
  });
});
