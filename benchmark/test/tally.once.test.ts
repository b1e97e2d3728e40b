import { expect, test } from 'vitest';
import { VoidRun } from '../harness/scenario.ts';
import { Tally } from '../harness/tally.ts';

test('a run in which every consumer saw every event once is complete', async () => {
  const tally = new Tally(2, 2);
  const complete = tally.complete(60_000);
  for (const consumer of [0, 1]) for (const event of [1, 0]) tally.count(event, consumer);
  await complete;
  tally.assertExactlyOnce();
  expect(tally.handled).toBe(4);
});

test('an event that came twice makes the run void', async () => {
  const tally = new Tally(2);
  for (const event of [0, 1, 1]) tally.count(event, 0);
  await tally.complete(60_000);
  expect(() => tally.assertExactlyOnce()).toThrow(new VoidRun('0 lost, 1 doubled of 2'));
});

test('an event that does not come makes the run void, once nothing happens any more', async () => {
  const tally = new Tally(3);
  tally.count(2, 0);
  await expect(tally.complete(20)).rejects.toThrow(new VoidRun('2 lost, 0 doubled of 3'));
});
