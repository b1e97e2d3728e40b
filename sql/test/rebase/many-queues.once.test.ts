import { openPrivateServer } from '@pgque/testing';
import { expect, test } from 'vitest';
import { rows } from '../support/rows.ts';
import { rebase } from './open-restored.ts';

// What a lock table is sized by.
const settings = {
  max_locks_per_transaction: '10',
  max_connections: '10',
  max_prepared_transactions: '0',
  max_wal_senders: '0',
  max_worker_processes: '1',
  autovacuum_max_workers: '1',
};
const { database } = await openPrivateServer({ settings });

test('more queues than one transaction can lock: it says what to do, and has changed nothing', async () => {
  await database.query(`
    do $$ begin
      for i in 1 .. 150 loop
        perform pgque.create_queue('queue ' || i);
        commit;
        perform pgque.send('queue ' || i, 'x'::text);
        commit;
      end loop;
    end $$`);
  await rows(database, `update pgque.tick set snapshot = '9000000000:9000000000:'`);
  await expect(rebase(database)).rejects.toMatchObject({
    code: '53200',
    hint: expect.stringContaining('max_locks_per_transaction'),
  });
  expect(await rows(database, 'select distinct snapshot::text from pgque.tick')).toEqual([
    { snapshot: '9000000000:9000000000:' },
  ]);
});
