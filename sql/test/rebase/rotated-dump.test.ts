import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { findings } from '../support/health.ts';
import type { QueueDriver } from '../support/queue-driver.ts';
import { rows } from '../support/rows.ts';
import { openOwn, rebase } from './open-restored.ts';

// pg_dump reads sequences when it comes to them, later than the rows: the generations of a dump may be ahead.

const script = await readFile(new URL('../../pgque.sql', import.meta.url), 'utf8');

const drained = async (queue: QueueDriver) => (await queue.drain()).map(({ payload }) => payload);

/** Retries, an open batch, a position and ticks, in logs whose generations are ahead of them by so many. */
async function openRotated(ahead: number) {
  const own = await openOwn();
  const { database, queue } = own;
  const behind = queue.as(database, 'behind');
  await behind.subscribe();
  await queue.sendMany(['given back', 'acknowledged']);
  await queue.tick();
  const messages = await queue.receiveSome();
  await queue.nack(messages.slice(0, 1));
  await queue.ack(messages[0].batch_id);
  await queue.send('x');
  await queue.tick();
  const open = await queue.receiveSome();
  await queue.send('not ticked');
  for (const log of ['tick', 'cursor', 'later']) {
    await rows(database, `select setval(s, pg_sequence_last_value(s) + $2) from (select $1::regclass) s (s)`, [
      `pgque.${log}_generation`,
      ahead,
    ]);
  }
  return { ...own, behind, open };
}

test.each([1, 2])('generations that are ahead by %i: rebase() finds everything', async (ahead) => {
  const { database, queue, behind, open } = await openRotated(ahead);
  expect((await findings(database, 'cluster')).map(({ status }) => status)).not.toContain('ok');
  // Whoever calls maint() first destroys nothing.
  for (let call = 0; call < 12; call += 1) await rows(database, 'select pgque.maint()');
  expect(await rebase(database)).toBe(1);
  expect(await findings(database, 'cluster')).toMatchObject([{ status: 'ok' }]);
  expect(await queue.receive()).toEqual(open);
  expect(await queue.ack(open[0].batch_id)).toBe(1);
  expect(await queue.moveRetries()).toBe(1);
  expect(await queue.moveRetries()).toBe(0);
  expect(await drained(queue)).toEqual(['given back', 'not ticked']);
  expect(await drained(behind)).toEqual(['given back', 'acknowledged', 'x', 'not ticked']);
  for (let call = 0; call < 12; call += 1) await rows(database, 'select pgque.maint()');
  expect(await findings(database, 'cluster')).toMatchObject([{ status: 'ok' }]);
});

test('a consumer whose state the dump has lost gets again what is held, and a warning says so', async () => {
  const { database, queue } = await openOwn();
  const other = queue.as(database, 'other');
  await other.subscribe();
  await queue.send('a');
  await queue.tick();
  await queue.drain();
  await other.drain();
  await queue.send('b');
  await queue.tick();
  await rows(database, `delete from pgque.cursor where kind = 's' and subject = 1`);
  const warnings: (string | undefined)[] = [];
  const session = await database.connect();
  session.on('notice', ({ message }) => warnings.push(message));
  await expect(queue.receive()).rejects.toMatchObject({ code: 'QU016', hint: expect.stringContaining('rebase()') });
  expect(await rebase(session)).toBe(1);
  expect(warnings).toEqual([`the dump has no state of consumer "${queue.consumer}" of queue "${queue.name}"`]);
  expect(await drained(queue)).toEqual(['a', 'b']);
  expect(await drained(other)).toEqual(['b']);
});

test('before that, rotation keeps what a consumer without a state may still need', async () => {
  const { database, queue } = await openOwn({ rotation_period: '1 millisecond' });
  await rows(database, `delete from pgque.cursor where kind = 's'`);
  for (let round = 0; round < 12; round += 1) {
    await queue.send(`${round}`);
    await queue.tick();
    await rows(database, 'select pgque.maint()');
  }
  await rebase(database);
  expect(await drained(queue)).toEqual(Array.from({ length: 12 }, (_, i) => `${i}`));
});

test('a new install over a dump whose generations are ahead does not hide that', async () => {
  const { database, queue, open } = await openRotated(2);
  await database.query(script);
  for (let call = 0; call < 12; call += 1) await rows(database, 'select pgque.maint()');
  expect(await rebase(database)).toBe(1);
  expect(await queue.receive()).toEqual(open);
  expect(await queue.moveRetries()).toBe(1);
});
