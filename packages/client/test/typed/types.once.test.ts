import { expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import {
  type Client,
  defineQueue,
  type EventType,
  type Operations,
  type PayloadOutput,
  parseMessage,
  type QueueDefinition,
  type QueueName,
  type Transaction,
  type TypedEvent,
  type TypedMessage,
} from '../../src/index.ts';
import { withArktype, type withValibot, withZod } from './schemas.ts';

type Schemas<Definition> = Definition extends QueueDefinition<infer Each> ? Each : never;
type Zod = Schemas<typeof withZod>;
type Created = { order_id: number; placed_at: string };

test('each library says what is sent and what arrives', () => {
  expectTypeOf<TypedEvent<Zod>>().toEqualTypeOf<TypedEvent<Schemas<typeof withValibot>>>();
  expectTypeOf<TypedEvent<Zod>>().toEqualTypeOf<TypedEvent<Schemas<typeof withArktype>>>();
  type Sent = Extract<TypedEvent<Zod>, { type: 'order.created' }>;
  expectTypeOf<Sent['payload']>().toEqualTypeOf<Created>();
  type Arrived = { order_id: number; placed_at: Date };
  expectTypeOf<TypedMessage<Zod, 'order.created'>['payload']>().toEqualTypeOf<Arrived>();
  expectTypeOf<PayloadOutput<Schemas<typeof withValibot>, 'order.created'>>().toEqualTypeOf<Arrived>();
  expectTypeOf<PayloadOutput<Schemas<typeof withArktype>, 'order.created'>>().toEqualTypeOf<Arrived>();
  expectTypeOf<EventType<Zod>>().toEqualTypeOf<'order.created' | 'order.paid'>();
});

test('a typed message narrows by its type', () => {
  expectTypeOf((message: TypedMessage<Zod>) =>
    message.type === 'order.created' ? message.payload.placed_at : undefined,
  ).returns.toEqualTypeOf<Date | undefined>();
});

test('with a definition an event must be one of its own, and have its payload', () => {
  const send = (target: Client | Transaction | Operations) => {
    void target.send(withZod, { type: 'order.paid', payload: { order_id: 1 }, extra2: 'x' });
    // @ts-expect-error: there is no such event
    void target.send(withZod, { type: 'order.lost', payload: { order_id: 1 } });
    // @ts-expect-error: a type must be given
    void target.send(withZod, { payload: { order_id: 1 } });
    // @ts-expect-error: the payload is that of another event
    void target.send(withZod, { type: 'order.created', payload: { order_id: 1 } });
    // @ts-expect-error: what is sent is the input of the schema, here a text
    void target.send(withZod, { type: 'order.created', payload: { order_id: 1, placed_at: new Date() } });
    void target.sendBatch(withZod, [{ type: 'order.paid', payload: { order_id: 1 }, extra1: 'x' }]);
    // @ts-expect-error: the payload is wrong
    void target.sendBatch(withZod, [{ type: 'order.paid', payload: 1 }]);
    void target.sendBatch(withZod, 'order.paid', [{ order_id: 1 }]);
    // @ts-expect-error: there is no such event
    void target.sendBatch(withZod, 'order.lost', [{ order_id: 1 }]);
    // @ts-expect-error: a payload is wrong
    void target.sendBatch(withZod, 'order.paid', [{ order_id: 'x' }]);
    void target.sendAt(withZod, { type: 'order.paid', payload: { order_id: 1 } }, { delayMs: 1 });
    // @ts-expect-error: a delayed event has no extras
    void target.sendAt(withZod, { type: 'order.paid', payload: { order_id: 1 }, extra1: 'x' }, { delayMs: 1 });
    // By its name, a queue takes everything.
    void target.send(withZod.name, { type: 'order.lost', payload: 1 });
  };
  expectTypeOf(send).toBeFunction();
});

test('every definition is a queue name, and parsing it gives what one of its schemas makes', () => {
  const numbers = defineQueue('numbers', { number: z.string().transform(Number) });
  expectTypeOf(numbers).toExtend<QueueName>();
  expectTypeOf(withArktype).toExtend<QueueDefinition>();
  const parse = async () => {
    const parsed = await parseMessage(numbers, { type: 'number', payload: '1' });
    return parsed.ok ? parsed.payload : parsed.reason;
  };
  expectTypeOf(parse).returns.resolves.toEqualTypeOf<number | string>();
});
