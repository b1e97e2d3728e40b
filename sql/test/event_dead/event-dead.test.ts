import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue } from '../support/queue-driver.ts';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();
const bury = (batchId: bigint, eventId: bigint, reason: string | null) =>
  scalar<number>(database, 'select pgque.event_dead($1, $2, $3)', [batchId, eventId, reason]);

test('a message goes to the dead letters whatever its retries, once', async () => {
  const queue = await openQueue(database);
  await queue.sendMany(['dead', 'alive']);
  await queue.tick();
  const [message] = await queue.receiveSome();
  expect(await bury(message.batch_id, message.msg_id, 'poison')).toBe(1);
  expect(await bury(message.batch_id, message.msg_id, 'again')).toBe(0);
  await queue.ack(message.batch_id);
  expect(await database.query('select ev_data, dl_reason from pgque.dlq_inspect($1)', [queue.name])).toEqual([
    { ev_data: 'dead', dl_reason: 'poison' },
  ]);
  expect(await queue.receive()).toEqual([]);
});

test('an unknown batch and an unknown event are refused', async () => {
  const queue = await openQueue(database);
  await queue.send('x');
  await queue.tick();
  const [message] = await queue.receiveSome();
  await expect(bury(0n, 1n, null)).rejects.toMatchObject({ code: 'QU003' });
  await expect(bury(message.batch_id, 999n, null)).rejects.toMatchObject({ code: 'QU004' });
});
