import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue } from '../support/queue-driver.ts';
import { maintainUntil, rotateAtOnce, sharedGenerations } from '../support/rotation.ts';
import { rows } from '../support/rows.ts';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();
const mover = await database.connect();

test('the log of retries does not advance under a mover', async () => {
  const queue = await openQueue(database);
  await rotateAtOnce(queue);
  await queue.send('x');
  await queue.tick();
  const [message] = await queue.receiveSome();
  await queue.nack([message]);
  await queue.ack(message.batch_id);
  // The last phase before the log advances.
  const isCarried = (): Promise<boolean | null> =>
    scalar(
      database,
      `select is_carried from pgque.cursor where kind = 'l' and subject = 3 order by version desc limit 1`,
    );
  await maintainUntil(database, 'retries carried', async () => (await isCarried()) === true);
  await mover.query('begin');
  expect(await scalar(mover, 'select pgque.maint_retry_events()')).toBe(1);
  const { later } = await sharedGenerations(database);
  for (let call = 0; call < 8; call += 1) await rows(database, 'select pgque.maint()');
  expect((await sharedGenerations(database)).later).toBe(later);
  await mover.query('commit');
  for (let call = 0; call < 8; call += 1) await rows(database, 'select pgque.maint()');
  expect((await sharedGenerations(database)).later).toBeGreaterThan(later);
});
