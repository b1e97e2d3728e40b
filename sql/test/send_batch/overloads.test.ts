import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue } from '../support/queue-driver.ts';
import { rows } from '../support/rows.ts';

const database = await openTestDatabase();

/** Sends with one call, and returns the ids beside what arrived. */
async function sendAndReceive(call: string) {
  const queue = await openQueue(database);
  const ids = await rows<{ id: bigint }>(database, `select unnest(pgque.send_batch(${call})) as id`, [queue.name]);
  await queue.tick();
  const messages = await queue.receive();
  return {
    ids: ids.map(({ id }) => id),
    receivedIds: messages.map((message) => message.msg_id),
    received: messages.map(({ type, payload, extra1 }) => [type, payload, extra1]),
  };
}

test('text payloads of the default type', async () => {
  const { ids, receivedIds, received } = await sendAndReceive(`$1, array['b', 'a', 'c']`);
  expect(receivedIds).toEqual(ids);
  expect(received).toEqual([
    ['default', 'b', null],
    ['default', 'a', null],
    ['default', 'c', null],
  ]);
});

test('jsonb payloads of the default type are canonical', async () => {
  const { received } = await sendAndReceive(`$1, array['{"b":1,"a":2}', '[1,2]']::jsonb[]`);
  expect(received).toEqual([
    ['default', '{"a": 2, "b": 1}', null],
    ['default', '[1, 2]', null],
  ]);
});

test('text payloads of one type', async () => {
  const { received } = await sendAndReceive(`$1, 'my.type', array['{"b":1}', 'a']`);
  expect(received).toEqual([
    ['my.type', '{"b":1}', null],
    ['my.type', 'a', null],
  ]);
});

test('jsonb payloads of one type', async () => {
  const { received } = await sendAndReceive(`$1, 'my.type', array['{"b":1}']::jsonb[]`);
  expect(received).toEqual([['my.type', '{"b": 1}', null]]);
});

test('a type and an extra for each payload', async () => {
  const { ids, receivedIds, received } = await sendAndReceive(
    `$1, array['t1', 't2', null], array['p1', null, 'p3'], array['e1', 'e2', null]`,
  );
  expect(receivedIds).toEqual(ids);
  expect(received).toEqual([
    ['t1', 'p1', 'e1'],
    ['t2', null, 'e2'],
    [null, 'p3', null],
  ]);
});

test('a type for each payload, without extras, in named notation', async () => {
  const { received } = await sendAndReceive(
    `queue_name => $1, type_names => array['t1', 't2'], payloads => array['p1', 'p2']`,
  );
  expect(received).toEqual([
    ['t1', 'p1', null],
    ['t2', 'p2', null],
  ]);
});

test('NULL elements are stored as NULL', async () => {
  const { received } = await sendAndReceive(`$1, array['a', null, 'c']`);
  expect(received.map(([, payload]) => payload)).toEqual(['a', null, 'c']);
  const json = await sendAndReceive(`$1, array[null, 'null']::jsonb[]`);
  expect(json.received.map(([, payload]) => payload)).toEqual([null, 'null']);
});
