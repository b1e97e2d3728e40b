import { expect, test } from 'vitest';
import { InvalidArgumentError } from '../src/index.ts';
import { openTestClient } from './open-test-client.ts';
import { tick } from './tick.ts';

const { client } = await openTestClient();

test('a delayed event comes when it is due, and not when it was cancelled', async () => {
  await client.createQueue('timed');
  await client.subscribe('timed', 'reader');
  await client.sendAt('timed', { type: 'due', payload: 1 }, { delayMs: 0 });
  await client.sendAt('timed', { payload: 2 }, { deliverAt: new Date(0) });
  await client.sendAt('timed', { payload: 3 }, { delayMs: 3_600_000 });
  const cancelled = await client.sendAt('timed', { payload: 4 }, { delayMs: 0 });
  expect(await client.cancel(cancelled)).toBe(true);
  expect(await client.cancel(cancelled)).toBe(false);
  expect(await client.maintDeliverDelayed()).toBe(2);
  await tick(client, 'timed');
  const messages = await client.receive('timed', 'reader');
  expect(messages.map(({ type, payload }) => [type, payload])).toEqual([
    ['default', 2],
    ['due', 1],
  ]);
});

test('a time that is none is refused before anything is sent', async () => {
  await expect(client.sendAt('timed', { payload: 1 }, { delayMs: Number.NaN })).rejects.toThrow(InvalidArgumentError);
  await expect(client.sendAt('timed', { payload: 1 }, { deliverAt: new Date('never') })).rejects.toThrow(
    InvalidArgumentError,
  );
});
