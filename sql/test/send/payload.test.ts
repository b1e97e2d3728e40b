import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue, type QueueDriver } from '../support/queue-driver.ts';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();
const queue = await openQueue(database);

async function receiveOne(from: QueueDriver = queue): Promise<Record<string, unknown>> {
  await from.tick();
  const [message, ...others] = await from.receiveSome();
  expect(others).toEqual([]);
  await from.ack(message.batch_id);
  return { ...message };
}

test('text is stored verbatim', async () => {
  const payload = '  {"b": 1,   "a": 2, "a": 3}\n\t\\ \'"$$ ';
  await queue.send(payload);
  expect(await receiveOne()).toMatchObject({ payload, type: 'default' });
});

test('jsonb is stored in its canonical form', async () => {
  await scalar(database, `select pgque.send($1, '{"b":1,"a":2,"a":3.50}'::jsonb)`, [queue.name]);
  expect(await receiveOne()).toMatchObject({ payload: '{"a": 3.50, "b": 1}', type: 'default' });
});

test('an untyped literal is text', async () => {
  await database.query(`select pgque.send('${queue.name}', '{"x":1}')`);
  expect(await receiveOne()).toMatchObject({ payload: '{"x":1}' });
  await database.query(`select pgque.send('${queue.name}', 'my.type', '{"x":1}')`);
  expect(await receiveOne()).toMatchObject({ payload: '{"x":1}', type: 'my.type' });
});

test('jsonb with a type is canonical as well', async () => {
  await scalar(database, `select pgque.send($1, 'my.type', '[1,2]'::jsonb)`, [queue.name]);
  expect(await receiveOne()).toMatchObject({ payload: '[1, 2]', type: 'my.type' });
});

test('a NULL payload stays NULL, the JSON value null is the text null', async () => {
  await queue.send(null);
  expect(await receiveOne()).toMatchObject({ payload: null });
  await scalar(database, 'select pgque.send($1, null::jsonb)', [queue.name]);
  expect(await receiveOne()).toMatchObject({ payload: null });
  await scalar(database, `select pgque.send($1, 'null'::jsonb)`, [queue.name]);
  expect(await receiveOne()).toMatchObject({ payload: 'null' });
});

test('an empty payload and an empty type are kept', async () => {
  await queue.send('', '');
  expect(await receiveOne()).toMatchObject({ payload: '', type: '' });
});

test('unicode beyond the basic plane survives', async () => {
  const payload = 'žluťoučký 東京 🦆 \u{10FFFF} e\u0301';
  await queue.send(payload, '🦆.created');
  expect(await receiveOne()).toMatchObject({ payload, type: '🦆.created' });
});

test('a payload of 10 MB comes back whole', async () => {
  const payload = 'PgQue 🦆 '.repeat(950_000);
  expect(Buffer.byteLength(payload)).toBeGreaterThan(10_000_000);
  await queue.send(payload);
  const received = await receiveOne();
  expect(received['payload'] === payload).toBe(true);
});

test('a NUL character is refused, in text and in jsonb', async () => {
  await expect(queue.send('a\0b')).rejects.toMatchObject({ code: '22021' });
  const json = scalar(database, 'select pgque.send($1, $2::jsonb)', [queue.name, '"\\u0000"']);
  await expect(json).rejects.toMatchObject({ code: '22P05' });
});

test('invalid JSON is refused where jsonb is asked for', async () => {
  const sending = scalar(database, `select pgque.send($1, '{'::jsonb)`, [queue.name]);
  await expect(sending).rejects.toMatchObject({ code: '22P02' });
});

test('named notation works with the documented names', async () => {
  await scalar(database, `select pgque.send(queue_name => $1, type_name => 't', payload => 'p'::text)`, [queue.name]);
  expect(await receiveOne()).toMatchObject({ type: 't', payload: 'p' });
});

test('ids grow, and created_at is the start of the sending transaction', async () => {
  const session = await database.connect();
  const sender = queue.as(session);
  await session.query('begin');
  const startedAt = await scalar<Date>(session, 'select now()');
  const [first, second] = [await sender.send('1'), await sender.send('2')];
  await session.query('commit');
  expect(second).toBeGreaterThan(first);
  await queue.tick();
  const messages = await queue.receiveSome();
  expect(messages.map(({ msg_id, created_at }) => ({ msg_id, created_at }))).toEqual([
    { msg_id: first, created_at: startedAt },
    { msg_id: second, created_at: startedAt },
  ]);
  await queue.ack(messages[0].batch_id);
});
