import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineQueue, type Event, InvalidArgumentError, InvalidPayloadError, parseMessage } from '../../src/index.ts';
import { openTestClient } from '../open-test-client.ts';
import { tick } from '../tick.ts';
import { withArktype, withValibot, withZod } from './schemas.ts';

const { database, client } = await openTestClient();
const placedAt = '2026-11-20T12:00:00.000Z';

/** Makes the queue of a definition, and hands out what a consumer gets of it. */
async function openQueue(queue: string) {
  await client.createQueue(queue);
  await client.subscribe(queue, 'processor');
  return async () => {
    await tick(client, queue);
    return await client.receive(queue, 'processor', 1000);
  };
}

const definitions = { zod: withZod, valibot: withValibot, arktype: withArktype };

test.each(Object.keys(definitions) as (keyof typeof definitions)[])(
  'with %s a payload is stored as it was given, and its receiver gets what the schema makes of it',
  async (library) => {
    // The three have the same types.
    const orders = definitions[library] as typeof withZod;
    const receive = await openQueue(orders.name);
    await client.send(orders, { type: 'order.created', payload: { order_id: 42, placed_at: placedAt }, extra2: 'b' });
    await client.sendBatch(orders, [{ type: 'order.paid', payload: { order_id: 43 }, extra1: 'a' }]);
    await client.sendBatch(orders, 'order.paid', [{ order_id: 44 }]);
    await client.transaction((tx) => tx.send(orders, { type: 'order.paid', payload: { order_id: 45 } }));
    await client.sendAt(orders, { type: 'order.paid', payload: { order_id: 46 } }, { delayMs: 0 });
    await client.maintRetryEvents();
    const messages = await receive();
    expect(messages).toMatchObject([
      { type: 'order.created', rawPayload: `{"order_id":42,"placed_at":"${placedAt}"}`, extra2: 'b' },
      { type: 'order.paid', payload: { order_id: 43 }, extra1: 'a' },
      { type: 'order.paid', payload: { order_id: 44 } },
      { type: 'order.paid', payload: { order_id: 45 } },
      { type: 'order.paid', payload: { order_id: 46 } },
    ]);
    const parsed = await Promise.all(messages.map((message) => parseMessage(orders, message)));
    expect(parsed[0]).toEqual({ ok: true, payload: { order_id: 42, placed_at: new Date(placedAt) } });
    expect(parsed[4]).toEqual({ ok: true, payload: { order_id: 46 } });
  },
);

test.each(Object.keys(definitions) as (keyof typeof definitions)[])(
  'with %s nothing is sent that does not validate, and the error has the issues',
  async (library) => {
    const orders = { ...definitions[library], name: `${library}-refused` } as typeof withZod;
    const receive = await openQueue(orders.name);
    const borrowed = await database.connect();
    const paid = (order_id: unknown) => ({ type: 'order.paid', payload: { order_id } }) as never;
    const calls = [
      client.send(orders, paid('42')),
      client.sendBatch(orders, [paid(1), paid('42')]),
      client.sendBatch(orders, 'order.paid', [{ order_id: 1 }, {} as never]),
      client.sendAt(orders, paid(null), { delayMs: 0 }),
      client.transaction((tx) => tx.send(orders, paid(undefined))),
      client.using(borrowed).send(orders, paid(true)),
    ];
    for (const outcome of await Promise.allSettled(calls)) {
      const error = outcome.status === 'rejected' ? outcome.reason : undefined;
      expect(error).toBeInstanceOf(InvalidPayloadError);
      expect(error).toMatchObject({ code: 'invalid_payload', message: expect.stringContaining('order_id: ') });
      expect(error.issues).toHaveLength(1);
    }
    await client.maintRetryEvents();
    expect(await receive()).toEqual([]);
  },
);

test('a definition stands wherever the name of its queue does', async () => {
  const named = defineQueue('named', { number: z.number() });
  await client.createQueue(named, { tickerMaxCount: 7 });
  await client.subscribe(named, 'processor');
  await client.send(named, { type: 'number', payload: 1 });
  await client.forceNextTick(named);
  expect(await client.tick(named)).toEqual(expect.any(BigInt));
  const [message] = await client.receive(named, 'processor');
  expect(message).toMatchObject({ payload: 1 });
  expect(await client.getQueueConfig(named)).toMatchObject({ tickerMaxCount: 7 });
  expect(await client.inFlight(named)).toHaveLength(1);
  expect(await client.getConsumerInfo(named, 'processor')).toHaveLength(1);
  await client.settle(message?.batchId ?? 0n, [{ msgId: message?.msgId ?? 0n, dead: true }]);
  expect(await client.dlq.inspect(named)).toHaveLength(1);
  expect(await client.registerSubconsumer(named, 'group', 'member')).toBe(1);
  expect(await client.touchSubconsumer(named, 'group', 'member')).toBe(0);
  expect(await client.nextBatch(named, 'processor')).toBeNull();
  await client.dropQueue(named, { force: true });
});

test('an event that the definition lacks is not sent', async () => {
  await client.createQueue('events');
  const events = defineQueue('events', { known: z.number() });
  for (const type of ['unknown', 'toString', '__proto__', undefined]) {
    const event = { type, payload: 1 } as Event as { type: 'known'; payload: number };
    await expect(client.send(events, event), String(type)).rejects.toThrow(InvalidArgumentError);
  }
});

test('a payload is validated in the form in which it arrives', async () => {
  const receive = await openQueue('dates');
  const strict = defineQueue('dates', { at: z.object({ at: z.date() }) });
  const lenient = defineQueue('dates', { at: z.object({ at: z.coerce.date() }) });
  const event = { type: 'at', payload: { at: new Date(placedAt) } } as const;
  await expect(client.send(strict, event)).rejects.toThrow(InvalidPayloadError);
  await client.send(lenient, event);
  const [message] = await receive();
  expect(await parseMessage(lenient, message ?? expect.fail())).toEqual({ ok: true, payload: event.payload });
});

test('what somebody else sent is valid, invalid or unknown, and an invalid one has the issues as its reason', async () => {
  const receive = await openQueue('zod-foreign');
  const event = (type: string, data: string) => client.insertEvent('zod-foreign', type, data);
  await event('order.created', `{"order_id":"x","placed_at":"soon"}`);
  await event('order.paid', 'no json');
  await event('order.lost', '{}');
  await event('toString', '{}');
  await client.insertEvent('zod-foreign', null, '{}');
  const parsed = await Promise.all((await receive()).map((message) => parseMessage(withZod, message)));
  expect(parsed).toMatchObject([
    {
      ok: false,
      outcome: 'invalid',
      reason: expect.stringMatching(/^the payload is no order\.created: order_id: .+; placed_at: /),
      issues: [{ path: ['order_id'] }, { path: ['placed_at'] }],
    },
    { ok: false, outcome: 'invalid', issues: [{}] },
    { ok: false, outcome: 'unknown', reason: 'queue zod has no event order.lost' },
    { ok: false, outcome: 'unknown' },
    { ok: false, outcome: 'unknown', reason: 'the message has no type' },
  ]);
});

test('a reason stays short, however much is wrong', async () => {
  const many = defineQueue('many', { list: z.array(z.number()), wordy: z.never({ error: 'x'.repeat(10_000) }) });
  const list = await parseMessage(many, { type: 'list', payload: Array.from({ length: 50 }, () => 'no number') });
  expect(list).toMatchObject({ issues: { length: 50 }, reason: expect.stringMatching(/^.{100,1000}; and 40 more$/) });
  expect(await parseMessage(many, { type: 'wordy', payload: 1 })).toMatchObject({
    reason: expect.stringMatching(/^.{1000,1100}…$/),
  });
});

test('what is no Standard Schema is refused when the queue is defined', () => {
  for (const schema of [undefined, null, {}, (value: unknown) => value]) {
    expect(() => defineQueue('orders', { created: schema as never })).toThrow(InvalidArgumentError);
  }
});
