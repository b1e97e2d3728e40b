import { openPrivateServer } from '@pgque/testing';
import { expect, test } from 'vitest';
import { scalar } from '../support/scalar.ts';

test('more queues than one transaction can lock are removed in steps, after uninstall() has said so', async () => {
  const { database } = await openPrivateServer({
    settings: { max_locks_per_transaction: 10, max_connections: 20, max_prepared_transactions: 0 },
  });
  for (let queue = 0; queue < 150; queue += 1) await database.query(`select pgque.create_queue('queue ${queue}')`);
  await expect(database.query('select pgque.uninstall()')).rejects.toMatchObject({
    code: '53200',
    hint: expect.stringContaining('"call pgque._uninstall_in_steps()"'),
  });
  expect(await scalar(database, 'select count(*) from pgque.queue')).toBe(150n);
  await database.query('call pgque._uninstall_in_steps()');
  expect(await scalar(database, `select to_regnamespace('pgque') is null`)).toBe(true);
}, 60_000);
