import { type Client, defineQueue, type Message } from 'pgque';
import { expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { createPool, defineHandlers, type Pool } from '../src/index.ts';

// Nothing here is run: the compiler is what tests it.
declare const client: Client;
const images = defineQueue('images', {
  'image.added': z.object({ id: z.number(), at: z.iso.datetime().transform((text) => new Date(text)) }),
  'image.removed': z.object({ id: z.number() }),
});
const handlers = new URL('file:///handlers.js');

test('handlers get a message and a signal', () => {
  const define = () =>
    defineHandlers({
      'image.added': (message, context) => {
        expectTypeOf(message).toEqualTypeOf<Message>();
        expectTypeOf(context).toEqualTypeOf<{ readonly signal: AbortSignal }>();
      },
      '*': async (message, { signal }) => {
        expectTypeOf(message.payload).toBeUnknown();
        expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
      },
    });
  expectTypeOf(define).toBeFunction();
});

test('with the definition of a queue handlers are typed by it', () => {
  const define = () => {
    defineHandlers<typeof images>({
      'image.added': ({ type, payload }) => {
        expectTypeOf(type).toEqualTypeOf<'image.added'>();
        expectTypeOf(payload).toEqualTypeOf<{ id: number; at: Date }>();
      },
      '*': (message) => expectTypeOf(message).toEqualTypeOf<Message>(),
    });
    // @ts-expect-error: there is no such event
    defineHandlers<typeof images>({ 'image.lost': () => {} });
    // @ts-expect-error: of an image that is removed there is no date
    defineHandlers<typeof images>({ 'image.removed': ({ payload }) => payload.at });
  };
  expectTypeOf(define).toBeFunction();
});

test('options are checked, and those that make no sense for threads are not there', () => {
  const create = () => {
    expectTypeOf(createPool(client, { queue: 'images', name: 'resize', handlers })).toEqualTypeOf<Pool<'images'>>();
    createPool(client, { queue: images, name: 'resize', handlers, threads: 4, handlerTimeout: '1m' });
    // @ts-expect-error: a pool has a file of handlers
    createPool(client, { queue: 'images', name: 'resize' });
    // @ts-expect-error: a transaction cannot go to a thread
    createPool(client, { queue: 'images', name: 'resize', handlers, mode: 'exactly-once' });
    // @ts-expect-error: each thread is a member
    createPool(client, { queue: 'images', name: 'resize', handlers, members: 'auto' });
    // @ts-expect-error: a duration has a unit, or is a number of milliseconds
    createPool(client, { queue: 'images', name: 'resize', handlers, abortGrace: '1 second' });
  };
  expectTypeOf(create).toBeFunction();
});
