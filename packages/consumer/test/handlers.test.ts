import { setImmediate } from 'node:timers/promises';
import type { Message } from 'pgque';
import { expect, test } from 'vitest';
import { createConsumer, DeadLetterError, fixed, never, RetryLaterError } from '../src/index.ts';
import { openBench, openQueue, passRetryDelay, tick } from './open-bench.ts';

const { client } = await openBench();
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

test('each message goes to the handler of its type, and to "*" when there is none', async () => {
  await openQueue(client, 'types');
  await client.sendBatch('types', [
    { type: 'order.created', payload: 1 },
    { type: 'order.paid', payload: 2 },
    { type: 'other', payload: 3 },
  ]);
  await tick(client, 'types');
  const seen: [string, unknown][] = [];
  const handled = await createConsumer(client, { queue: 'types', name: 'worker' })
    .on('order.created', ({ payload }) => void seen.push(['created', payload]))
    .on('order.paid', async ({ payload }) => void seen.push(['paid', payload]))
    .on('*', ({ type, payload }) => void seen.push([String(type), payload]))
    .drain();
  expect(handled).toBe(3);
  expect(seen).toEqual([
    ['created', 1],
    ['paid', 2],
    ['other', 3],
  ]);
});

test('drain() handles all that is there, page by page', async () => {
  await openQueue(client, 'drained', numbers(25));
  const seen: unknown[] = [];
  const consumer = createConsumer(client, { queue: 'drained', name: 'worker', maxMessages: 10 });
  expect(await consumer.on('*', ({ payload }) => void seen.push(payload)).drain()).toBe(25);
  expect(seen).toEqual(numbers(25));
  expect(await client.receive('drained', 'worker')).toEqual([]);
  expect(consumer.health()).toMatchObject({ state: 'stopped', acked: 25, retried: 0, dead: 0 });
});

test('a message whose handler throws comes back after its delay, and the others do not', async () => {
  await openQueue(client, 'retried', ['a', 'b', 'c']);
  const seen: unknown[] = [];
  const handle = ({ payload, retryCount }: Message): void => {
    seen.push(payload);
    if (payload === 'b' && retryCount === null) throw new Error('not yet');
  };
  await createConsumer(client, { queue: 'retried', name: 'worker' }).on('*', handle).drain();
  expect(await client.consumerStats('retried')).toMatchObject([{ consumer: 'worker' }]);
  await passRetryDelay(client, 'retried');
  await createConsumer(client, { queue: 'retried', name: 'worker' }).on('*', handle).drain();
  expect(seen).toEqual(['a', 'b', 'c', 'b']);
});

test('the policy of a handler decides when a message comes back, and after how many attempts it is dead', async () => {
  await openQueue(client, 'policies');
  await client.sendBatch('policies', [
    { type: 'twice', payload: 1 },
    { type: 'never', payload: 2 },
  ]);
  await tick(client, 'policies');
  const attempts: [number, unknown][] = [];
  const fail = (): never => {
    throw new Error('boom');
  };
  const drain = () =>
    createConsumer(client, { queue: 'policies', name: 'worker' })
      .on('twice', fail, {
        retry: (attempt, error) => {
          attempts.push([attempt, error]);
          return attempt < 2 ? { afterMs: 500 } : 'dead';
        },
      })
      .on('never', fail, { retry: never() })
      .drain();
  await drain();
  expect(await client.dlq.inspect('policies')).toMatchObject([{ payload: 2, reason: 'boom' }]);
  await passRetryDelay(client, 'policies');
  await drain();
  expect(attempts).toEqual([
    [1, expect.any(Error)],
    [2, expect.any(Error)],
  ]);
  expect((await client.dlq.inspect('policies')).map(({ payload }) => payload).sort()).toEqual([1, 2]);
});

test('a handler can say by its error that a message is dead, or when it wants it again', async () => {
  await openQueue(client, 'verdicts', ['dead', 'later']);
  await createConsumer(client, { queue: 'verdicts', name: 'worker', retry: never() })
    .on('*', ({ payload }) => {
      throw payload === 'dead' ? new DeadLetterError('no such customer') : new RetryLaterError('1h', 'bank is closed');
    })
    .drain();
  expect(await client.dlq.inspect('verdicts')).toMatchObject([{ payload: 'dead', reason: 'no such customer' }]);
  const [later] = await client.transaction((tx) =>
    tx.query<{ minutes: number }>(`select round(extract(epoch from due_at - now()) / 60)::int as minutes
      from pgque.later where reason = 'bank is closed'`),
  );
  expect(later?.minutes).toBe(60);
});

test.each([
  [
    'a policy that throws',
    {
      retry: (): never => {
        throw new TypeError('no status of undefined');
      },
    },
  ],
  ['a policy that answers nothing', { retry: () => undefined as never }],
  ['orderBy that throws', { orderBy: keyOf }],
  ['orderBy that throws, of several at once', { orderBy: keyOf, concurrency: 3 }],
])('%s costs its message an attempt, and the others are handled once', async (queue, options) => {
  await openQueue(client, queue, ['a', { isBad: true }, 'b']);
  const seen: unknown[] = [];
  const consumer = createConsumer(client, { queue, name: 'worker', ...options }).on('*', ({ payload }) => {
    if (typeof payload === 'object') throw new Error('boom');
    seen.push(payload);
  });
  expect(await consumer.drain('10s')).toBe(3);
  expect(seen).toEqual(['a', 'b']);
  expect(consumer.health()).toMatchObject({ acked: 2, retried: 1 });
});

function keyOf({ payload }: Message): string {
  return (payload as string).toUpperCase();
}

test('whatever a handler throws, its message comes back', async () => {
  const thrown = [Object.create(null), Object.assign(new Error(), { message: { status: 404 } }), Symbol('odd'), null];
  await openQueue(client, 'anything', numbers(thrown.length));
  const consumer = createConsumer(client, { queue: 'anything', name: 'worker' }).on('*', ({ payload }) => {
    throw thrown[Number(payload)];
  });
  expect(await consumer.drain('10s')).toBe(thrown.length);
  expect(consumer.health()).toMatchObject({ retried: thrown.length });
});

test('an error whose text cannot be stored does not stop the message from coming back', async () => {
  await openQueue(client, 'odd', ['nul', 'half', 'huge', 'nothing']);
  const errors: Record<string, unknown> = {
    nul: new Error('a\0b'),
    half: new Error('\ud800'),
    huge: new Error('x'.repeat(10_000_000)),
    nothing: undefined,
  };
  await createConsumer(client, { queue: 'odd', name: 'worker', retry: fixed('1m') })
    .on('*', ({ payload }) => {
      throw errors[String(payload)];
    })
    .drain();
  await passRetryDelay(client, 'odd');
  expect(await client.receive('odd', 'worker')).toHaveLength(4);
});

test('messages of unknown type are nacked, or acknowledged when the consumer says so', async () => {
  for (const unknownHandlerPolicy of ['nack', 'ack'] as const) {
    const queue = `unknown-${unknownHandlerPolicy}`;
    await openQueue(client, queue, [1], 'surprise');
    await createConsumer(client, { queue, name: 'worker', unknownHandlerPolicy })
      .on('known', () => {})
      .drain();
    await passRetryDelay(client, queue);
    expect(await client.receive(queue, 'worker')).toHaveLength(unknownHandlerPolicy === 'nack' ? 1 : 0);
  }
});

test('handlers run beside each other up to the concurrency', async () => {
  await openQueue(client, 'concurrent', numbers(20));
  let running = 0;
  let most = 0;
  await createConsumer(client, { queue: 'concurrent', name: 'worker', concurrency: 4 })
    .on('*', async () => {
      running += 1;
      most = Math.max(most, running);
      await setImmediate();
      running -= 1;
    })
    .drain();
  expect(most).toBe(4);
});

test('orderBy keeps the messages of a key in order while keys run beside each other', async () => {
  await openQueue(client, 'ordered', numbers(60));
  const seen = new Map<number, number[]>();
  let running = 0;
  let most = 0;
  await createConsumer(client, {
    queue: 'ordered',
    name: 'worker',
    concurrency: 3,
    orderBy: ({ payload }) => Number(payload) % 3,
  })
    .on('*', async ({ payload }) => {
      running += 1;
      most = Math.max(most, running);
      const number = Number(payload);
      // The first of a key takes longest.
      for (let turns = number; turns < 20; turns += 1) await setImmediate();
      seen.set(number % 3, [...(seen.get(number % 3) ?? []), number]);
      running -= 1;
    })
    .drain();
  expect(most).toBe(3);
  for (const key of [0, 1, 2]) expect(seen.get(key)).toEqual(numbers(60).filter((number) => number % 3 === key));
});

test('what follows a failed message of its key waits for it instead of overtaking it', async () => {
  await openQueue(client, 'held', ['a1', 'b1', 'a2', 'b2', 'a3']);
  const seen: unknown[] = [];
  const drain = () =>
    createConsumer(client, {
      queue: 'held',
      name: 'worker',
      concurrency: 2,
      orderBy: ({ payload }) => String(payload)[0],
      retry: fixed('1m'),
    })
      .on('*', ({ payload, retryCount }) => {
        if (payload === 'a1' && retryCount === null) throw new Error('not yet');
        seen.push(payload);
      })
      .drain();
  await drain();
  expect(seen).toEqual(['b1', 'b2']);
  await passRetryDelay(client, 'held');
  await drain();
  expect(seen).toEqual(['b1', 'b2', 'a1', 'a2', 'a3']);
});

test('a batch handler gets the messages of its type at once, and says of each what became of it', async () => {
  await openQueue(client, 'batches', numbers(5), 'measured');
  const calls: unknown[][] = [];
  await createConsumer(client, { queue: 'batches', name: 'worker', retry: fixed('1m') })
    .onBatch(
      'measured',
      async (messages) => {
        calls.push(messages.map(({ payload }) => payload));
        return Promise.allSettled(
          messages.map(async ({ payload }) => (payload === 3 ? Promise.reject('odd') : payload)),
        );
      },
      { maxMessages: 3 },
    )
    .drain();
  expect(calls).toEqual([
    [0, 1, 2],
    [3, 4],
  ]);
  await passRetryDelay(client, 'batches');
  expect(await client.receive('batches', 'worker')).toMatchObject([{ payload: 3 }]);
});

test('a batch handler that throws, or gives too few results, has all its messages retried', async () => {
  for (const [queue, handle] of [
    ['throws', () => Promise.reject(new Error('boom'))],
    ['too-few', async () => [{ status: 'fulfilled', value: 1 } as const]],
  ] as const) {
    await openQueue(client, queue, numbers(3));
    await createConsumer(client, { queue, name: 'worker' }).onBatch('*', handle).drain();
    await passRetryDelay(client, queue);
    expect(await client.receive(queue, 'worker')).toHaveLength(3);
  }
});

test('a handler that takes too long has its signal aborted and its message retried; the batch goes on', async () => {
  await openQueue(client, 'slow', ['slow', 'fast']);
  const aborted = Promise.withResolvers<unknown>();
  const seen: unknown[] = [];
  await createConsumer(client, { queue: 'slow', name: 'worker', handlerTimeout: '20ms' })
    .on('*', async ({ payload }, { signal }) => {
      if (payload === 'slow') {
        signal.addEventListener('abort', () => aborted.resolve(signal.reason));
        await new Promise(() => {});
      }
      seen.push(payload);
    })
    .drain();
  expect(await aborted.promise).toMatchObject({ message: 'the handler took longer than 20 ms' });
  expect(seen).toEqual(['fast']);
  await passRetryDelay(client, 'slow');
  expect(await client.receive('slow', 'worker')).toMatchObject([{ payload: 'slow', retryCount: 1 }]);
});
