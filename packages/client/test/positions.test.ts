import { expect, test } from 'vitest';
import { PositionNotHeldError } from '../src/index.ts';
import { openTestClient } from './open-test-client.ts';
import { tick } from './tick.ts';

const { client } = await openTestClient();

test('a consumer starts, and is moved, where it is told to', async () => {
  await client.createQueue('history');
  await client.send('history', { payload: 1 });
  await tick(client, 'history');
  expect(await client.subscribe('history', 'all', 'earliest')).toBe(1);
  expect(await client.subscribe('history', 'new', 'latest')).toBe(1);
  const read = async (consumer: string): Promise<unknown[]> => {
    const messages = await client.receive('history', consumer);
    if (messages[0]) await client.ack(messages[0].batchId);
    return messages.map(({ payload }) => payload);
  };
  expect(await read('all')).toEqual([1]);
  expect(await read('new')).toEqual([]);
  expect(await client.seek('history', 'new', 1n)).toBe(1n);
  expect(await read('new')).toEqual([1]);
  expect(await client.registerConsumerAt('history', 'new', 1n)).toBe(0);
  expect(await client.seek('history', 'new', new Date(Date.now() + 1000))).toBe(2n);
  await expect(client.seek('history', 'new', new Date(0))).rejects.toThrow(PositionNotHeldError);
  await expect(client.subscribe('history', 'other', new Date(0))).rejects.toThrow(PositionNotHeldError);
});
