import { defineQueue, type Message } from 'pgque';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { createPool, DeadLetterError, RetryLaterError } from '../src/index.ts';
import { handlersFile, openBench, openPool } from './open-bench.ts';

const { client, openQueue } = await openBench();
const returning = { handlers: handlersFile('returning.ts'), threads: 1 };

test('a handler gets the message as a handler of a consumer does', async () => {
  const payloads = [{ nested: [1, 'two', null] }, 'a text', 7, null, 'ünïcode 🎉'];
  await openQueue(
    'whole',
    payloads.map((payload) => ({ type: 'message', payload })),
  );
  const { pool, handled } = openPool(client, 'whole', returning);
  expect(await pool.drain()).toBe(payloads.length);
  expect(handled.map(({ result }) => result)).toEqual(handled.map(({ message }) => message));
  expect(handled.map(({ message }) => message.payload)).toEqual(payloads);
});

test('a payload that is no JSON arrives as the text that it is', async () => {
  await openQueue('raw');
  await client.transaction((tx) =>
    tx.query("select pgque.insert_event('raw', 'payload', 'no {json'), pgque.insert_event('raw', 'payload', null)"),
  );
  const { pool, handled } = openPool(client, 'raw', returning);
  expect(await pool.drain()).toBe(2);
  expect(handled.map(({ result }) => result)).toEqual(['no {json', null]);
});

test('what a schema has made of a payload arrives in the thread, and what cannot be cloned rejects its message only', async () => {
  const type = 'payload';
  const schema = z.object({ at: z.iso.datetime().transform((text) => new Date(text)), spoils: z.boolean() });
  const spoiled = schema.transform((value) => (value.spoils ? { ...value, call: () => {} } : value));
  await openQueue('typed', [
    { type, payload: { at: '2026-01-02T03:04:05Z', spoils: true } },
    { type, payload: { at: '2026-01-02T03:04:05Z', spoils: false } },
    { type, payload: { at: 'yesterday' } },
  ]);
  const results: unknown[] = [];
  const errors: unknown[] = [];
  const pool = createPool(client, {
    queue: defineQueue('typed', { payload: spoiled }),
    name: 'worker',
    ...returning,
    onResult: (_message, result) => results.push(result),
    retry: (_attempt, error) => {
      errors.push(error);
      return 'dead';
    },
  });
  expect(await pool.drain()).toBe(3);
  expect(results).toEqual([{ at: new Date('2026-01-02T03:04:05Z'), spoils: false }]);
  expect(errors).toEqual([expect.objectContaining({ name: 'DataCloneError' })]);
  expect(pool.health()).toMatchObject({ acked: 1, dead: 2, threads: [{ deaths: 0 }] });
});

test('the retry policy sees the error of the thread, and verdicts of handlers count', async () => {
  const types = ['a custom error', 'a range error', 'a text', 'a dead letter', 'later'];
  await openQueue(
    'errors',
    types.map((type) => ({ type })),
  );
  const errors: unknown[] = [];
  const { pool } = openPool(client, 'errors', {
    ...returning,
    retry: (_attempt, error) => {
      errors.push(error);
      return 'dead';
    },
  });
  await pool.start();
  await expect.poll(() => pool.health()).toMatchObject({ retried: 1, dead: 4 });
  const [custom, range, text] = errors;
  expect(custom).toMatchObject({ name: 'OutOfPaper', message: 'no paper', code: 'E_PAPER' });
  expect(range).toBeInstanceOf(RangeError);
  expect(range).toMatchObject({ message: 'too far', cause: { message: 'a step' } });
  expect(String((range as Error).stack)).toContain('returning.ts');
  expect([text, errors.length]).toEqual(['just a text', 3]);
  const letters = await client.dlq.inspect('errors');
  expect(letters.map(({ reason }) => reason).sort()).toEqual(['just a text', 'never', 'no paper', 'too far']);
  expect([DeadLetterError, RetryLaterError].map(({ name }) => name)).toEqual(['DeadLetterError', 'RetryLaterError']);
});

test('an error that has only the name of a verdict is an error like others, and harms nobody', async () => {
  await openQueue('named', [{ type: 'an error with the name of another' }]);
  const { pool } = openPool(client, 'named', { ...returning, retry: () => 'dead' });
  expect(await pool.drain('10s')).toBe(1);
  expect(pool.health()).toMatchObject({ dead: 1, threads: [{ deaths: 0 }] });
  expect(await client.dlq.inspect('named')).toMatchObject([{ reason: 'later' }]);
});

test('what a handler returns stays in its thread when nobody asks for it', async () => {
  await openQueue('unasked', [{ type: 'a function' }]);
  const pool = createPool(client, { queue: 'unasked', name: 'worker', ...returning });
  expect(await pool.drain()).toBe(1);
  expect(pool.health()).toMatchObject({ acked: 1 });
});

test('a message is done when onResult has returned, and comes back when it throws', async () => {
  await openQueue('resulting', [{ type: 'payload', payload: 'from the thread' }]);
  const seen: unknown[] = [];
  const { pool } = openPool(client, 'resulting', {
    ...returning,
    onResult: async ({ retryCount }: Message, result) => {
      seen.push([retryCount, result]);
      if (retryCount === null) throw new Error('the database of the parent is away');
    },
  });
  await pool.start();
  await expect.poll(() => pool.health()).toMatchObject({ acked: 1, retried: 1 });
  expect(seen).toEqual([
    [null, 'from the thread'],
    [1, 'from the thread'],
  ]);
});

test('messages of a type that no handler takes come back later, as with a consumer', async () => {
  await openQueue('unknown', [{ type: 'a surprise' }]);
  const { pool } = openPool(client, 'unknown', returning);
  expect(await pool.drain()).toBe(1);
  expect(pool.health()).toMatchObject({ retried: 1, acked: 0 });
  expect(await client.consumerStats('unknown')).toMatchObject([{ retriesPending: 1 }]);
});

test('a handler that throws costs its thread nothing', async () => {
  await openQueue('throws', [{ type: 'a handler that throws' }, { type: 'fine' }]);
  const { pool } = openPool(client, 'throws', { threads: 1 });
  await pool.start();
  await expect.poll(() => pool.health()).toMatchObject({ acked: 2, retried: 1, threads: [{ deaths: 0 }] });
});
