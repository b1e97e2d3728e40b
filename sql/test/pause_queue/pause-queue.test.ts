import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue } from '../support/queue-driver.ts';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();

test('a paused queue keeps its events and ticks again when it is resumed', async () => {
  const queue = await openQueue(database, { ticker_max_count: 1 });
  expect(await scalar(database, 'select pgque.pause_queue($1)', [queue.name])).toBe(1);
  await queue.send('kept');
  expect(await scalar(database, 'select pgque.ticker()')).toBe(0n);
  expect(await queue.receive()).toEqual([]);
  expect(await scalar(database, 'select queue_ticker_paused from pgque.get_queue_info($1)', [queue.name])).toBe(true);

  expect(await scalar(database, 'select pgque.resume_queue($1)', [queue.name])).toBe(1);
  expect(await scalar(database, 'select pgque.ticker()')).toBe(1n);
  expect(await queue.receivePayloads()).toEqual(['kept']);
});

test('what was ticked before the pause is still delivered', async () => {
  const queue = await openQueue(database);
  await queue.send('x');
  await queue.tick();
  await scalar(database, 'select pgque.pause_queue($1)', [queue.name]);
  const [message] = await queue.receiveSome();
  expect(await queue.ack(message.batch_id)).toBe(1);
});

test('a paused queue refuses a tick of its own', async () => {
  const queue = await openQueue(database, { ticker_paused: true });
  const refusal = { code: 'QU014', message: `queue is paused: ${queue.name}` };
  await expect(scalar(database, 'select pgque.ticker($1)', [queue.name])).rejects.toMatchObject(refusal);
  await expect(scalar(database, 'select pgque.force_next_tick($1)', [queue.name])).rejects.toMatchObject(refusal);
});

test('pausing and resuming twice is no error, an unknown queue is one', async () => {
  const queue = await openQueue(database);
  for (const call of ['pause_queue', 'pause_queue', 'resume_queue', 'resume_queue']) {
    expect(await scalar(database, `select pgque.${call}($1)`, [queue.name])).toBe(1);
  }
  for (const call of ['pause_queue', 'resume_queue']) {
    await expect(scalar(database, `select pgque.${call}('nope')`)).rejects.toMatchObject({ code: 'QU001' });
  }
});
