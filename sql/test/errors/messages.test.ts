import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue } from '../support/queue-driver.ts';

// Tools look for these beginnings; the contract keeps them.
const database = await openTestDatabase();
const queue = await openQueue(database);
await queue.send('x');
await queue.tick();
const [message] = await queue.receiveSome();
const closed = await openQueue(database, { disable_insert: true });

const samples: [call: string, code: string, message: string][] = [
  [`pgque.send('nope', 'x'::text)`, 'QU001', 'queue not found: nope'],
  [`pgque.event_retry(0, 1, 1)`, 'QU003', 'batch not found: 0'],
  [`pgque.event_retry(${message.batch_id}, 99, 1)`, 'QU004', `msg_id 99 not found in batch ${message.batch_id}`],
  [`pgque.send_batch('${queue.name}', null::text[])`, 'QU005', 'payloads must not be null'],
  [`pgque.receive('${queue.name}', 'reader', 0)`, 'QU005', 'max_return must be >= 1'],
  [`pgque.receive('${queue.name}', 'nobody')`, 'QU002', 'consumer not registered'],
  [`pgque.drop_queue('${queue.name}')`, 'QU006', 'cannot drop queue, consumers still attached'],
  [`pgque.send('${closed.name}', 'x'::text)`, 'QU007', 'Insert into queue disallowed'],
  [`pgque.create_queue('${'x'.repeat(60)}')`, 'QU008', 'queue name too long: 60 bytes (max 57)'],
  [`pgque.dlq_replay(0)`, 'QU009', 'dead letter entry not found: 0'],
];

test.each(samples)(
  '%s says %s with its well-known beginning, advice in the hint and the identifier as a field',
  async (call, code, beginning) => {
    const error = await database.query(`select ${call}`).then(
      () => undefined,
      (reason: { code: string; message: string; hint: string; detail?: string }) => reason,
    );
    expect(error?.code).toBe(code);
    expect(error?.message.startsWith(beginning), error?.message).toBe(true);
    expect(error?.hint).toMatch(/\.$/);
    if (code !== 'QU005') expect(error?.detail).toEqual(expect.any(String));
  },
);
