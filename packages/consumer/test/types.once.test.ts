import { type Client, defineQueue, type Message, type PgQueryable, type Transaction } from 'pgque';
import { expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { createConsumer } from '../src/index.ts';

// Nothing here is run: the compiler is what tests it.
declare const client: Client<PgQueryable>;
const orders = defineQueue('orders', {
  'order.created': z.object({ id: z.number(), at: z.iso.datetime().transform((text) => new Date(text)) }),
  'order.paid': z.object({ id: z.number() }),
});

test('a handler of a defined queue gets the payload that its schema makes', () => {
  const register = () =>
    createConsumer(client, { queue: orders, name: 'billing' })
      .on('order.created', (message) => {
        expectTypeOf(message.type).toEqualTypeOf<'order.created'>();
        expectTypeOf(message.payload).toEqualTypeOf<{ id: number; at: Date }>();
        expectTypeOf(message.msgId).toEqualTypeOf<bigint>();
      })
      .onBatch('order.paid', (messages) => {
        expectTypeOf(messages[0]?.payload).toEqualTypeOf<{ id: number } | undefined>();
        return Promise.allSettled(messages);
      });
  expectTypeOf(register).toBeFunction();
});

test('"*" gets an untyped message, and so does a queue by name', () => {
  const register = () => {
    createConsumer(client, { queue: orders, name: 'billing' }).on('*', (message) =>
      expectTypeOf(message).toEqualTypeOf<Message>(),
    );
    createConsumer(client, { queue: 'orders', name: 'billing' }).on('anything', (message) => {
      expectTypeOf(message).toEqualTypeOf<Message>();
      expectTypeOf(message.payload).toBeUnknown();
    });
  };
  expectTypeOf(register).toBeFunction();
});

test('a type that the queue lacks, and a payload of another type, do not compile', () => {
  const register = () => {
    const consumer = createConsumer(client, { queue: orders, name: 'billing' });
    // @ts-expect-error: there is no such event
    consumer.on('order.lost', () => {});
    // @ts-expect-error: there is no such event
    consumer.onBatch('order.lost', () => {});
    // @ts-expect-error: of an order that is paid there is no date
    consumer.on('order.paid', ({ payload }) => payload.at);
    consumer.on('order.created', (message: Message) => message);
  };
  expectTypeOf(register).toBeFunction();
});

test('tx is the transaction in the mode exactly-once, and undefined otherwise', () => {
  const register = () => {
    createConsumer(client, { queue: 'q', name: 'c', mode: 'exactly-once' })
      .on('*', (_message, { tx, signal }) => {
        expectTypeOf(tx).toEqualTypeOf<Transaction<PgQueryable>>();
        expectTypeOf(tx.native).toEqualTypeOf<PgQueryable>();
        expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
      })
      .onBatch('t', (_messages, { tx }) => {
        expectTypeOf(tx).toEqualTypeOf<Transaction<PgQueryable>>();
      });
    for (const options of [{}, { mode: 'at-least-once' }] as const) {
      createConsumer(client, { queue: 'q', name: 'c', ...options }).on('*', (_message, { tx }) =>
        expectTypeOf(tx).toEqualTypeOf<undefined>(),
      );
    }
  };
  expectTypeOf(register).toBeFunction();
});

test('a batch handler returns nothing or a result for each message, and nothing else', () => {
  const register = () => {
    const consumer = createConsumer(client, { queue: 'q', name: 'c' });
    consumer.onBatch('a', () => {});
    consumer.onBatch('b', async () => {});
    consumer.onBatch('c', (messages) => Promise.allSettled(messages.map(async ({ payload }) => payload)));
    consumer.onBatch('d', () => [{ status: 'rejected', reason: 'no' }]);
    // @ts-expect-error: a number says nothing of the messages
    consumer.onBatch('e', (messages) => messages.length);
    // @ts-expect-error: neither does a list of booleans
    consumer.onBatch('f', async (messages) => messages.map(() => true));
  };
  expectTypeOf(register).toBeFunction();
});

test('options are checked: names are required, modes and durations have their spelling', () => {
  const create = () => {
    // @ts-expect-error: a consumer has a name
    createConsumer(client, { queue: 'q' });
    // @ts-expect-error: there is no such mode
    createConsumer(client, { queue: 'q', name: 'c', mode: 'at-most-once' });
    // @ts-expect-error: a duration has a unit, or is a number of milliseconds
    createConsumer(client, { queue: 'q', name: 'c', pollInterval: '1 second' });
    createConsumer(client, { queue: 'q', name: 'c', pollInterval: '1.5s', stopTimeout: 250 });
    // @ts-expect-error: an option has no other name
    createConsumer(client, { queue: 'q', name: 'c', batchSize: 10 });
  };
  expectTypeOf(create).toBeFunction();
});
