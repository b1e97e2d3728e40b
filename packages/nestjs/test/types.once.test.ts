import { type Client, defineQueue, type Message, type Transaction } from 'pgque';
import { expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import {
  PgqueBatchHandler,
  PgqueConsumer,
  type PgqueContext,
  PgqueHandler,
  PgqueModule,
  type PgqueQueue,
} from '../src/index.ts';

// Nothing here is run: the compiler is what tests it.
const orders = defineQueue('orders', {
  'order.created': z.object({ id: z.number(), at: z.iso.datetime().transform((text) => new Date(text)) }),
  'order.paid': z.object({ id: z.number() }),
});

interface Created {
  readonly type: 'order.created';
  readonly payload: { readonly id: number; readonly at: Date };
}

test('a handler for an event the queue does not have, or with the wrong payload type, does not compile', () => {
  class Billing {
    @PgqueHandler(orders, 'order.created')
    async whole(_message: Created, _context: PgqueContext): Promise<void> {}

    @PgqueHandler(orders, 'order.created', { timeout: '5s' })
    part(_message: { payload: { id: number } }): void {}

    @PgqueHandler(orders, 'order.paid')
    nothing(): void {}

    @PgqueHandler(orders, '*')
    rest(_message: Message): void {}

    // @ts-expect-error: the queue has no such event
    @PgqueHandler(orders, 'order.craeted')
    misspelt(): void {}

    // @ts-expect-error: the id is a number
    @PgqueHandler(orders, 'order.created')
    wrongPayload(_message: { payload: { id: string } }): void {}

    // @ts-expect-error: the schema makes a date of it
    @PgqueHandler(orders, 'order.created')
    wrongOutput(_message: { payload: { at: string } }): void {}

    // @ts-expect-error: of another event
    @PgqueHandler(orders, 'order.paid')
    otherEvent(_message: Created): void {}

    // @ts-expect-error: one message is no list
    @PgqueHandler(orders, 'order.created')
    batch(_messages: readonly Created[]): void {}

    // @ts-expect-error: a duration has a unit
    @PgqueHandler(orders, 'order.paid', { timeout: '5 seconds' })
    wrongOption(): void {}
  }
  expectTypeOf<Billing>().toHaveProperty('whole');
});

test('a batch handler gets a list', () => {
  class Reports {
    @PgqueBatchHandler(orders, 'order.created', { maxMessages: 10 })
    async all(_messages: readonly Created[]): Promise<PromiseSettledResult<unknown>[]> {
      return [];
    }

    @PgqueBatchHandler('whatever')
    untyped(_messages: readonly Message[]): void {}

    // @ts-expect-error: it gets no single message
    @PgqueBatchHandler(orders, 'order.created')
    single(_message: Created): void {}
  }
  expectTypeOf<Reports>().toHaveProperty('all');
});

test('without a definition a payload is unknown, and a context has the transaction that its method says', () => {
  class Ledger {
    @PgqueHandler('order.created')
    plain(_message: Message, _context: PgqueContext<Transaction>): void {}

    // @ts-expect-error: nobody has looked at the payload
    @PgqueHandler('order.created')
    presumptuous(_message: Created): void {}

    // @ts-expect-error: a context has no such thing
    @PgqueHandler('order.created')
    wrongContext(_message: Message, _context: { readonly request: string }): void {}
  }
  expectTypeOf<Ledger>().toHaveProperty('plain');
});

test('a queue takes its events only', () => {
  const send = (queue: PgqueQueue<typeof orders>, plain: PgqueQueue, tx: Transaction) => {
    expectTypeOf(queue.client).toEqualTypeOf<Client>();
    expectTypeOf(queue.using(tx).send({ type: 'order.paid', payload: { id: 1 } })).resolves.toBeBigInt();
    void plain.send({ type: 'whatever', payload: { is: 'good' } });
    // @ts-expect-error: no such event
    void queue.send({ type: 'order.lost', payload: {} });
    // @ts-expect-error: the id is a number
    void queue.sendBatch([{ type: 'order.paid', payload: { id: '1' } }]);
    // @ts-expect-error: what is sent is a text, which the schema makes a date of
    void queue.sendAt({ type: 'order.created', payload: { id: 1, at: new Date() } }, { delayMs: 1 });
  };
  expectTypeOf(send).toBeFunction();
});

test('options are checked', () => {
  const configure = () => {
    // @ts-expect-error: a consumer has a name
    PgqueConsumer({ queue: orders });
    // @ts-expect-error: there is no such mode
    PgqueConsumer({ queue: orders, name: 'c', mode: 'at-most-once' });
    // @ts-expect-error: there is no such role
    PgqueModule.forRoot({ role: 'consumer' });
    // @ts-expect-error: the name stands beside the factory
    PgqueModule.forRootAsync({ useFactory: (): { name: string; url: number } => ({ name: 'reports', url: 1 }) });
    // @ts-expect-error: an option has no other name
    PgqueModule.registerQueue({ queue: orders, ensure: true });
  };
  expectTypeOf(configure).toBeFunction();
});
