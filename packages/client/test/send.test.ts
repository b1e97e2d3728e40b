import { expect, test } from 'vitest';
import { type Event, InvalidArgumentError, QueueNotFoundError } from '../src/index.ts';
import { openTestClient } from './open-test-client.ts';
import { tick } from './tick.ts';

const { database, client } = await openTestClient();

/** Sends to a queue of its own and receives it. */
async function roundTrip(queue: string, send: () => Promise<unknown>) {
  await client.createQueue(queue);
  await client.subscribe(queue, 'processor');
  await send();
  await tick(client, queue);
  return await client.receive(queue, 'processor');
}

test('send() stores the JSON text of the payload and returns the id of the message', async () => {
  let id: bigint | undefined;
  const messages = await roundTrip('one', async () => {
    id = await client.send('one', { type: 'order.created', payload: { order_id: 42, note: 'ü' } });
  });
  expect(messages).toEqual([
    {
      msgId: id,
      batchId: expect.any(BigInt),
      type: 'order.created',
      payload: { order_id: 42, note: 'ü' },
      rawPayload: '{"order_id":42,"note":"ü"}',
      retryCount: null,
      createdAt: expect.any(Date),
      extra1: null,
      extra2: null,
      extra3: null,
      extra4: null,
    },
  ]);
  expect(Math.abs((messages[0]?.createdAt.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
});

test('send() gives an event without a type the type default', async () => {
  const [message] = await roundTrip('typeless', () => client.send('typeless', { payload: 1 }));
  expect(message?.type).toBe('default');
});

test('send() stores the extras', async () => {
  const extras = { extra1: 'a', extra2: '', extra3: null, extra4: 'd' };
  const [message] = await roundTrip('extras', () => client.send('extras', { type: 't', payload: 0, ...extras }));
  expect(message).toMatchObject({ type: 't', payload: 0, ...extras });
});

test('payloads of every JSON kind arrive as they were sent', async () => {
  const payloads = [null, true, 0, -1.5e300, '', 'text', [], [1, [2]], {}, { a: { b: null } }, '\u0000', '😀', '\\"\n'];
  const messages = await roundTrip('kinds', () => client.sendBatch('kinds', 'kind', payloads));
  expect(messages.map(({ payload }) => payload)).toEqual(payloads);
});

test('JSON null and SQL NULL differ in rawPayload', async () => {
  const messages = await roundTrip('nulls', async () => {
    await client.send('nulls', { payload: null });
    await client.insertEvent('nulls', null, null);
  });
  expect(messages).toMatchObject([
    { type: 'default', payload: null, rawPayload: 'null' },
    { type: null, payload: null, rawPayload: null },
  ]);
});

test('a payload that is no JSON arrives as text, and payload equals rawPayload only then', async () => {
  const messages = await roundTrip('raw', async () => {
    await client.insertEvent('raw', 't', 'no { json', 'x');
    await client.send('raw', { payload: 'json' });
  });
  expect(messages).toMatchObject([
    { payload: 'no { json', rawPayload: 'no { json', extra1: 'x' },
    { payload: 'json', rawPayload: '"json"' },
  ]);
});

test('sendBatch() returns the ids in the order of the payloads', async () => {
  let ids: bigint[] = [];
  const messages = await roundTrip('batch', async () => {
    ids = await client.sendBatch('batch', 'number', [1, 2, 3]);
  });
  expect(messages.map(({ msgId, type, payload }) => [msgId, type, payload])).toEqual([
    [ids[0], 'number', 1],
    [ids[1], 'number', 2],
    [ids[2], 'number', 3],
  ]);
});

test('sendBatch() takes events of different types with their first extra', async () => {
  const messages = await roundTrip('mixed', () =>
    client.sendBatch('mixed', [
      { type: 'a', payload: 1 },
      { payload: { deep: ['"', '\\', ',', '{}'] }, extra1: 'NULL' },
    ]),
  );
  expect(messages).toMatchObject([
    { type: 'a', payload: 1, extra1: null },
    { type: 'default', payload: { deep: ['"', '\\', ',', '{}'] }, extra1: 'NULL' },
  ]);
});

test('sendBatch() of nothing returns nothing', async () => {
  expect(await client.sendBatch('nowhere', 'number', [])).toEqual([]);
  expect(await client.sendBatch('nowhere', [])).toEqual([]);
});

test('sending to a queue that does not exist is refused', async () => {
  await expect(client.send('nowhere', { payload: 1 })).rejects.toThrow(QueueNotFoundError);
  await expect(client.send('nowhere', { payload: 1, extra1: 'x' })).rejects.toThrow(QueueNotFoundError);
  await expect(client.sendBatch('nowhere', 't', [1])).rejects.toThrow(QueueNotFoundError);
  await expect(client.insertEvent('nowhere', 't', '1')).rejects.toThrow(QueueNotFoundError);
});

const cyclic: Record<string, unknown> = {};
cyclic['self'] = cyclic;

test.each<[string, Event]>([
  ['undefined', { payload: undefined }],
  ['a function', { payload: () => 1 }],
  ['a symbol', { payload: Symbol('s') }],
  ['with a bigint', { payload: { id: 1n } }],
  ['with a cycle', { payload: cyclic }],
  ['in place of the event', { order_id: 42 } as unknown as Event],
  ['in place of the event, null', null as unknown as Event],
])('a payload that is %s is refused before it is sent', async (_, event) => {
  await expect(client.send('orders', event)).rejects.toThrow(InvalidArgumentError);
  await expect(client.sendBatch('orders', [event])).rejects.toThrow(InvalidArgumentError);
});

test.each(['a\u0000b', 'half \ud83d'])('a text that PostgreSQL would refuse or change is refused: %j', async (text) => {
  const refused = { code: 'invalid_argument', sqlstate: undefined };
  await expect(client.insertEvent('orders', 't', text)).rejects.toMatchObject(refused);
  await expect(client.send('orders', { type: text, payload: 1 })).rejects.toMatchObject(refused);
  await expect(client.sendBatch('orders', [{ payload: 1, extra1: text }])).rejects.toMatchObject(refused);
  await expect(client.subscribe('orders', text)).rejects.toMatchObject(refused);
});

test('the parsers and the time zone of the session make no difference', async () => {
  const session = await database.connect();
  await session.query("set datestyle = 'SQL, DMY'; set intervalstyle = 'iso_8601'; set timezone = 'Asia/Kathmandu'");
  const borrowed = client.using(session);
  await borrowed.createQueue('styles', { tickerMaxLagMs: 1500 });
  await borrowed.subscribe('styles', 'processor');
  await borrowed.send('styles', { payload: 1 });
  await tick(borrowed, 'styles');
  const [message] = await borrowed.receive('styles', 'processor');
  expect(Math.abs((message?.createdAt.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
  expect(await borrowed.getQueueConfig('styles')).toMatchObject({ tickerMaxLagMs: 1500, rotationPeriodMs: 7_200_000 });
});
