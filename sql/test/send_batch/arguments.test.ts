import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue, QueueDriver } from '../support/queue-driver.ts';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();
const queue = await openQueue(database);

const emptyCalls = [
  `'nope', '{}'::text[]`,
  `'nope', '{}'::jsonb[]`,
  `'nope', 'type', '{}'::text[]`,
  `'nope', 'type', '{}'::jsonb[]`,
  `'nope', '{}'::text[], '{}'::text[]`,
  `null, '{}'::text[]`,
];
test.each(emptyCalls)(
  'an empty array gives an empty array without looking at the queue: send_batch(%s)',
  async (call) => {
    expect(await scalar(database, `select pgque.send_batch(${call})`)).toEqual([]);
  },
);

const nullCalls = ['null::text[]', 'null::jsonb[]', `'type', null::text[]`, `'type', null::jsonb[]`];
test.each(nullCalls)('a NULL array is refused: send_batch(queue, %s)', async (call) => {
  const sending = scalar(database, `select pgque.send_batch($1, ${call})`, [queue.name]);
  await expect(sending).rejects.toMatchObject({ code: 'QU005', message: 'payloads must not be null' });
});

test('NULL payloads or types are refused where each payload has a type', async () => {
  const sending = (types: string | null, payloads: string | null) =>
    scalar(database, 'select pgque.send_batch($1, $2::text[], $3::text[])', [queue.name, types, payloads]);
  await expect(sending('{t}', null)).rejects.toMatchObject({ code: 'QU005', message: 'payloads must not be null' });
  await expect(sending(null, '{p}')).rejects.toMatchObject({ code: 'QU005', message: 'type_names must not be null' });
});

test.each([
  [`array['t'], array['a', 'b']`, '2 payloads, 1 type_names,  extras'],
  [`array['t', 'u'], array['a', 'b'], array['x']`, '2 payloads, 2 type_names, 1 extras'],
  [`array['t'], '{}'::text[]`, '0 payloads, 1 type_names,  extras'],
])('arrays of different lengths are refused: %s', async (call, detail) => {
  const sending = scalar(database, `select pgque.send_batch($1, ${call})`, [queue.name]);
  await expect(sending).rejects.toMatchObject({ code: 'QU005', detail, hint: expect.any(String) });
});

test('an unknown queue is refused', async () => {
  await expect(new QueueDriver(database, 'nope').sendMany(['x'])).rejects.toMatchObject({
    code: 'QU001',
    message: 'queue not found: nope',
  });
});

test('one bad element leaves nothing of the batch', async () => {
  await expect(queue.sendMany(['good', 'bad\0'])).rejects.toMatchObject({ code: '22021' });
  await queue.tick();
  expect(await queue.receive()).toEqual([]);
});
