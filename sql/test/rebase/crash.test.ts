import { openPrivateServer } from '@pgque/testing';
import { expect, test } from 'vitest';
import { findings } from '../support/health.ts';
import { openQueue } from '../support/queue-driver.ts';
import { startBlocked } from '../support/start-blocked.ts';
import { rebase } from './open-restored.ts';
import { transplant } from './transplant.ts';

// What is killed is the server, not the machine: what was written outlives it without fsync.
const { server, database } = await openPrivateServer({ settings: { synchronous_commit: 'on' } });

test('killed before it commits, and before that while it waits for a lock, it can be called again', async () => {
  const queue = await openQueue(database);
  await queue.sendMany(['a', 'b', 'c']);
  await queue.tick();
  const page = await queue.receiveSome(2);
  await queue.nack(page.slice(0, 1));
  await queue.send('d');
  await transplant(database);

  const [reader, waiting] = [await database.connect(), await database.connect()];
  await reader.query('begin');
  await queue.as(reader).receive();
  // It has its advisory locks, and waits for the reader.
  await startBlocked(database, waiting, () => rebase(waiting));
  await server.kill('SIGKILL');
  await server.start();

  const done = await database.connect();
  await done.query('begin');
  expect(await rebase(done)).toBe(1);
  await server.kill('SIGKILL');
  await server.start();

  expect(await findings(database, 'cluster')).toMatchObject([{ status: 'fail' }, { status: 'fail' }]);
  expect(await rebase(database)).toBe(1);
  expect(await queue.receive()).toEqual(page);
  expect(await queue.ack(page[0].batch_id)).toBe(1);
  expect(await queue.moveRetries()).toBe(1);
  expect((await queue.drain()).map(({ payload }) => payload)).toEqual(['c', 'a', 'd']);

  await server.kill('SIGKILL');
  await server.start();
  expect(await rebase(database)).toBe(0);
});
