import { defineQueue, type Message } from 'pgque';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { withArktype, withValibot, withZod } from '../../client/test/typed/schemas.ts';
import { createConsumer } from '../src/index.ts';
import { openBench, openQueue, passRetryDelay, tick } from './open-bench.ts';

const { client } = await openBench();
const placedAt = '2026-11-20T12:00:00.000Z';
const definitions = { zod: withZod, valibot: withValibot, arktype: withArktype };

test.each(Object.keys(definitions) as (keyof typeof definitions)[])(
  'with %s a handler gets what the schema makes of a payload, and what does not validate is dead at once',
  async (library) => {
    // The three have the same types.
    const orders = definitions[library] as typeof withZod;
    await openQueue(client, orders.name);
    await client.send(orders, { type: 'order.created', payload: { order_id: 1, placed_at: placedAt } });
    await client.send(orders, { type: 'order.paid', payload: { order_id: 1 } });
    await client.insertEvent(orders.name, 'order.created', `{"order_id":"2","placed_at":"${placedAt}"}`);
    await client.insertEvent(orders.name, 'order.paid', 'no json');
    await tick(client, orders.name);
    const created: unknown[] = [];
    const paid: unknown[] = [];
    const consumer = createConsumer(client, { queue: orders, name: 'worker' })
      .on('order.created', ({ payload }) => void created.push(payload))
      .onBatch('order.paid', (messages) => void paid.push(messages.map(({ payload }) => payload)));
    expect(await consumer.drain()).toBe(4);
    expect(created).toEqual([{ order_id: 1, placed_at: new Date(placedAt) }]);
    expect(paid).toEqual([[{ order_id: 1 }]]);
    expect(consumer.health()).toMatchObject({ acked: 2, retried: 0, dead: 2 });
    const letters = await client.dlq.inspect(orders);
    const ordered = letters.toSorted((a, b) => Number(a.msgId - b.msgId));
    expect(ordered).toMatchObject([
      {
        payload: { order_id: '2', placed_at: placedAt },
        consumer: 'worker',
        retryCount: null,
        reason: expect.stringMatching(/^the payload is no order\.created: order_id: ./),
      },
      { payload: 'no json', reason: expect.stringMatching(/^the payload is no order\.paid: ./) },
    ]);
  },
);

test('a transformation happens once, on what was stored, in each attempt', async () => {
  let runs = 0;
  const amounts = defineQueue('transformed', {
    amount: z.number().transform((cents) => {
      runs += 1;
      return cents / 100;
    }),
  });
  await openQueue(client, amounts.name);
  await client.send(amounts, { type: 'amount', payload: 500 });
  await tick(client, amounts.name);
  runs = 0;
  const seen: [number, string | null][] = [];
  const drain = () =>
    createConsumer(client, { queue: amounts, name: 'worker' })
      .on('amount', ({ payload, rawPayload, retryCount }) => {
        seen.push([payload, rawPayload]);
        if (retryCount === null) throw new Error('not yet');
      })
      .drain();
  await drain();
  expect(runs).toBe(1);
  await passRetryDelay(client, amounts.name);
  await drain();
  expect(seen).toEqual([
    [5, '500'],
    [5, '500'],
  ]);
  expect(runs).toBe(2);
});

test('an event that the definition lacks goes to "*" as it came, and without that by the policy', async () => {
  const known = defineQueue('partly-known', { known: z.object({ id: z.number() }) });
  await openQueue(client, known.name, [{ id: 'any' }], 'surprise');
  const seen: Message[] = [];
  await createConsumer(client, { queue: known, name: 'worker' })
    .on('*', (message) => void seen.push(message))
    .drain();
  expect(seen).toMatchObject([{ type: 'surprise', payload: { id: 'any' } }]);

  const outcomes = { nack: { retried: 1 }, ack: { acked: 1 } };
  for (const unknownHandlerPolicy of ['nack', 'ack'] as const) {
    await client.subscribe(known, unknownHandlerPolicy, 'earliest');
    const consumer = createConsumer(client, { queue: known, name: unknownHandlerPolicy, unknownHandlerPolicy });
    await consumer.on('known', () => expect.fail('it is of another type')).drain();
    expect(consumer.health()).toMatchObject(outcomes[unknownHandlerPolicy]);
  }
});

test('"*" takes a known event that has no handler of its own, once it is valid', async () => {
  const known = defineQueue('caught', { known: z.object({ id: z.coerce.number() }) });
  await openQueue(client, known.name);
  await client.sendBatch(known.name, 'known', [{ id: '7' }, { id: 'x' }]);
  await tick(client, known.name);
  const seen: unknown[] = [];
  const consumer = createConsumer(client, { queue: known, name: 'worker' });
  await consumer.on('*', ({ payload }) => void seen.push(payload)).drain();
  expect(seen).toEqual([{ id: 7 }]);
  expect(await client.dlq.inspect(known)).toMatchObject([{ payload: { id: 'x' } }]);
});

test('an invalid message holds up nobody: not its key, and in the mode exactly-once not its batch', async () => {
  const keyed = defineQueue('keyed', { step: z.object({ key: z.string(), step: z.number() }) });
  await openQueue(client, keyed.name);
  await client.subscribe(keyed, 'exact');
  const steps = [1, 'two', 3].map((step) => ({ key: 'a', step }));
  await client.sendBatch(keyed.name, 'step', steps);
  await tick(client, keyed.name);
  const seen: Record<string, number[]> = { ordered: [], exact: [] };
  const options = { queue: keyed, concurrency: 4, orderBy: ({ payload }: Message) => (payload as { key: string }).key };
  await createConsumer(client, { ...options, name: 'worker' })
    .on('step', ({ payload }) => void seen['ordered']?.push(payload.step))
    .drain();
  await createConsumer(client, { queue: keyed, name: 'exact', mode: 'exactly-once' })
    .on('step', ({ payload }) => void seen['exact']?.push(payload.step))
    .drain();
  expect(seen).toEqual({ ordered: [1, 3], exact: [1, 3] });
  expect(await client.dlq.inspect(keyed)).toMatchObject([{ consumer: 'exact' }, { consumer: 'worker' }]);
});

test('a schema that throws says nothing about the message, which comes back', async () => {
  const broken = defineQueue('broken-schema', {
    checked: z.unknown().transform((): never => {
      throw new Error('the registry is down');
    }),
  });
  await openQueue(client, broken.name, [1], 'checked');
  const consumer = createConsumer(client, { queue: broken, name: 'worker' });
  await consumer.on('checked', () => expect.fail('it was not looked at')).drain();
  expect(consumer.health()).toMatchObject({ retried: 1, dead: 0 });
  await passRetryDelay(client, broken.name);
  expect(await client.receive(broken, 'worker')).toMatchObject([{ payload: 1, retryCount: 1 }]);
});
