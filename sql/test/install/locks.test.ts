import { readFile } from 'node:fs/promises';
import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue } from '../support/queue-driver.ts';
import { rows } from '../support/rows.ts';
import { scalar } from '../support/scalar.ts';

const script = await readFile(new URL('../../pgque.sql', import.meta.url), 'utf8');

test('installed again it takes no lock on a relation that a session which uses queues would wait for', async () => {
  const database = await openTestDatabase();
  await openQueue(database);
  const session = await database.connect();
  await session.query('begin');
  await session.query(script);
  const locks = `
    select coalesce(string_agg(distinct l.relation::regclass || ' ' || l.mode, ', '), 'none')
    from pg_locks l join pg_class c on c.oid = l.relation
    where l.pid = pg_backend_pid() and c.relnamespace = 'pgque'::regnamespace
      and l.mode <> 'AccessShareLock' and not (c.relkind = 'S' and l.mode = 'RowExclusiveLock')`;
  expect(await scalar(session, locks)).toBe('none');
});

test('installed again it does not wait for transactions that have sent and received, nor for a rotation', async () => {
  const database = await openTestDatabase();
  const queue = await openQueue(database);
  await queue.send('x');
  await queue.tick();
  const worker = queue.as(await database.connect());
  await rows(worker.session, 'begin');
  await worker.receiveSome();
  await worker.send('y');
  const operator = await database.connect();
  await operator.query('begin; select pgque.maint()');
  // What it waits for at all, it would wait for in vain.
  await database.query(script);
});
