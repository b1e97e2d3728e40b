import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue, type QueueDriver } from '../support/queue-driver.ts';

const database = await openTestDatabase();

const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index));

async function filled(count: number): Promise<QueueDriver> {
  const queue = await openQueue(database);
  await queue.sendMany(numbers(count));
  await queue.tick();
  return queue;
}

/** Page sizes and batch ids of all pages up to the end, and the payloads in the order in which they came. */
async function readPages(queue: QueueDriver, maxReturn: number) {
  const sizes: number[] = [];
  const batchIds: bigint[] = [];
  const payloads: (string | null)[] = [];
  for (;;) {
    const page = await queue.receive(maxReturn);
    if (page.length === 0) return { sizes, batchIds, payloads };
    const ids = new Set(page.map((message) => message.batch_id));
    expect(ids.size).toBe(1);
    sizes.push(page.length);
    batchIds.push(...ids);
    payloads.push(...page.map((message) => message.payload));
    expect(await queue.ack(page[0]?.batch_id)).toBe(1);
  }
}

test.each([
  { count: 10, maxReturn: 4, sizes: [4, 4, 2] },
  { count: 8, maxReturn: 4, sizes: [4, 4] },
  { count: 3, maxReturn: 1, sizes: [1, 1, 1] },
  { count: 3, maxReturn: 4, sizes: [3] },
  { count: 1, maxReturn: 1, sizes: [1] },
])('$count messages, $maxReturn at a time, come as pages $sizes, in order, none skipped', async (sample) => {
  const queue = await filled(sample.count);
  const { sizes, batchIds, payloads } = await readPages(queue, sample.maxReturn);
  expect(sizes).toEqual(sample.sizes);
  expect(payloads).toEqual(numbers(sample.count));
  expect(new Set(batchIds).size).toBe(batchIds.length);
});

test('the size of a page may change from call to call', async () => {
  const queue = await filled(10);
  const payloads: (string | null)[] = [];
  for (const size of [1, 5, 3, 100]) {
    const page = await queue.receiveSome(size);
    payloads.push(...page.map((message) => message.payload));
    await queue.ack(page[0].batch_id);
  }
  expect(payloads).toEqual(numbers(10));
  expect(await queue.receive()).toEqual([]);
});

test('an open page is returned again as it was, whatever max_return the next call asks for', async () => {
  const queue = await filled(10);
  const page = await queue.receive(4);
  expect(await queue.receive(4)).toEqual(page);
  expect(await queue.receive(1)).toEqual(page);
  expect(await queue.receive(100)).toEqual(page);
});

test('pages go on over the end of a window, and what is sent meanwhile comes after', async () => {
  const queue = await filled(3);
  const first = await queue.receiveSome(2);
  await queue.send('later');
  await queue.tick();
  await queue.ack(first[0].batch_id);
  const { payloads } = await readPages(queue, 2);
  expect(payloads).toEqual(['2', 'later']);
});

test('two consumers page through one window independently', async () => {
  const queue = await openQueue(database);
  const other = queue.as(database, 'other');
  await other.subscribe();
  await queue.sendMany(numbers(6));
  await queue.tick();
  const page = await queue.receiveSome(2);
  const otherPage = await other.receiveSome(5);
  await queue.ack(page[0].batch_id);
  expect(await queue.receivePayloads(2)).toEqual(['2', '3']);
  await other.ack(otherPage[0].batch_id);
  expect(await other.receivePayloads()).toEqual(['5']);
});

test('messages of overlapping transactions page in the order of their ids', async () => {
  const queue = await openQueue(database);
  const [first, second] = [await database.connect(), await database.connect()];
  await first.query('begin');
  await second.query('begin');
  for (const payload of ['0', '1', '2', '3', '4', '5']) {
    await queue.as(Number(payload) % 2 === 0 ? first : second).send(payload);
  }
  await second.query('commit');
  await first.query('commit');
  await queue.tick();
  expect((await readPages(queue, 2)).payloads).toEqual(numbers(6));
});
