import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { deadTuples } from '../support/dead-tuples.ts';
import { openQueue, type QueueDriver } from '../support/queue-driver.ts';
import { rows } from '../support/rows.ts';
import { scalar } from '../support/scalar.ts';
import { type Costs, sharedBuffers } from '../support/shared-buffers.ts';

const waitingRows = Number(process.env['PGQUE_DELAYED_ROWS'] ?? 20_000);

const database = await openTestDatabase();
const session = await database.connect();

interface Hours {
  /** In the dearest hour. */
  readonly buffers: number;
  readonly walBytes: number;
  readonly ms: number;
}

/** What maint() and the mover cost in six hours, in each of which one message is nacked and one sent with a short delay. */
async function passHours(queue: QueueDriver): Promise<Hours> {
  const hours: Hours[] = [];
  for (let hour = 0; hour < 6; hour += 1) {
    await queue.send('nacked');
    await scalar(session, `select pgque.send_at($1, 'soon', 'x'::text, interval '0')`, [queue.name]);
    await queue.tick();
    const messages = await queue.receiveSome();
    await queue.nack(messages.slice(0, 1));
    await queue.ack(messages[0].batch_id);
    // To the engine that is an hour: only rows that say since when a log has not rotated are older than they were.
    await rows(
      session,
      `update pgque.cursor set noted_at = noted_at - interval '1 hour', changed_at = changed_at - interval '1 hour' where kind in ('l', 'q')`,
    );
    const startedAt = performance.now();
    const calls: Costs[] = [];
    for (let call = 0; call < 8; call += 1) calls.push(await sharedBuffers(session, 'select pgque.maint()'));
    for (let call = 0; call < 3; call += 1)
      calls.push(await sharedBuffers(session, 'select pgque.maint_retry_events()'));
    hours.push({
      buffers: calls.reduce((sum, { buffers }) => sum + buffers, 0),
      walBytes: calls.reduce((sum, { walBytes }) => sum + walBytes, 0),
      ms: performance.now() - startedAt,
    });
  }
  return {
    buffers: Math.max(...hours.map(({ buffers }) => buffers)),
    walBytes: Math.max(...hours.map(({ walBytes }) => walBytes)),
    ms: Math.max(...hours.map(({ ms }) => ms)),
  };
}

test(`${waitingRows} messages for next month cost the mover and rotation nothing per hour`, {
  timeout: 1_200_000,
}, async () => {
  const queue = await openQueue(session);
  const without = await passHours(queue);
  const sent = await scalar<bigint>(
    session,
    `select count(pgque.send_at($1, 'month', rpad(i::text, 100, '.'), interval '30 days')) from generate_series(1, $2::integer) i`,
    [queue.name, waitingRows],
  );
  expect(sent).toBe(BigInt(waitingRows));
  // The first move after they were sent looks at each of them once.
  const first = await sharedBuffers(session, 'select pgque.maint_retry_events()');
  const within = await passHours(queue);
  console.log(
    'the dearest hour without',
    without,
    `and with ${waitingRows} that wait`,
    within,
    'the first move',
    first,
  );

  expect(within.walBytes).toBeLessThan(without.walBytes + 30_000);
  expect(within.buffers).toBeLessThan(without.buffers + 300);
  const waiting = `select count(*) from pgque.later where ev_type = 'month'`;
  expect(await scalar(session, waiting)).toBe(BigInt(waitingRows));
  expect((await deadTuples(session)).filter(({ name }) => name.startsWith('later'))).toEqual([]);
});
