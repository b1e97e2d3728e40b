import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { QueueDriver } from '../support/queue-driver.ts';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();

const oddNames = [
  `it's`,
  'with "double" quotes',
  'a.dotted.name',
  ' spaces around ',
  'UPPER and lower',
  'žluťoučký 東京 🦆',
  'select; drop table x --',
  '%s %I $1 \\ {}',
  'x'.repeat(57),
  '東'.repeat(19),
];

test.each(oddNames)('a queue named <%s> works from create to drop', async (name) => {
  const queue = new QueueDriver(database, name, `consumer of ${name}`);
  const listener = await database.connect();
  const notified = new Promise((resolve) => {
    listener.once('notification', ({ channel, payload }) => resolve({ channel, payload }));
  });
  await listener.query(`listen ${listener.escapeIdentifier(`pgque_${name}`)}`);

  expect(await scalar(database, 'select pgque.create_queue($1)', [name])).toBe(1);
  await queue.subscribe();
  await queue.send('payload');
  const tickId = await queue.tick();
  expect(await notified).toEqual({ channel: `pgque_${name}`, payload: String(tickId) });
  const [message] = await queue.receiveSome();
  expect(message.payload).toBe('payload');
  await queue.ack(message.batch_id);
  expect(await scalar(database, 'select queue_name from pgque.get_queue_info($1)', [name])).toBe(name);
  expect(await scalar(database, 'select pgque.drop_queue($1, true)', [name])).toBe(1);
});

test('names differ by case and by spaces', async () => {
  const names = ['same', 'Same', 'same ', ' same'];
  for (const name of names) expect(await scalar(database, 'select pgque.create_queue($1)', [name])).toBe(1);
});

test.each([
  ['x'.repeat(58), 'queue name too long: 58 bytes (max 57)'],
  ['東'.repeat(20), 'queue name too long: 60 bytes (max 57)'],
  ['', 'queue name must not be empty'],
  [null, 'queue name must not be null'],
])('the name <%s> is refused', async (name, message) => {
  const creating = scalar(database, 'select pgque.create_queue($1)', [name]);
  await expect(creating).rejects.toMatchObject({ code: 'QU008', message, hint: expect.any(String) });
});
