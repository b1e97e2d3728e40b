import type { Client } from 'pgque';
import { expect, test, vi } from 'vitest';
import { Errand } from '../src/wake-up/errand.ts';

const client = {} as Client;
const queue = 'orders';

test('the ticker waits 20 ms for a consumer that it has sent, and then looks itself', async () => {
  vi.useFakeTimers();
  const errand = new Errand(client, queue, () => {});
  errand.offer();
  const answer = vi.fn();
  void Errand.give(client, queue)?.then(answer);
  await vi.advanceTimersByTimeAsync(19);
  expect(answer).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(answer).toHaveBeenCalledWith(false);
  vi.useRealTimers();
});

test('one consumer is sent once; nobody is sent who is at work, of another queue, or of another client', async () => {
  const woken = vi.fn();
  const errand = new Errand(client, queue, woken);
  errand.offer();
  expect(Errand.give(client, 'invoices')).toBeUndefined();
  expect(Errand.give({} as Client, queue)).toBeUndefined();
  const given = Errand.give(client, queue);
  expect(woken).toHaveBeenCalledOnce();
  expect(Errand.give(client, queue)).toBeUndefined();
  errand.take()?.(true);
  expect(await given).toBe(true);
  expect(errand.take()).toBeUndefined();
  errand.offer();
  errand.withdraw();
  expect(Errand.give(client, queue)).toBeUndefined();
});
