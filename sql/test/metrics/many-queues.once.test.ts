import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { rows } from '../support/rows.ts';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();

interface ExplainedPlan {
  'Execution Time': number;
  Plan: { 'Actual Rows': number };
}

// Alone it takes less than 20 ms; here other tests run at the same time.
test('metrics of 1,000 queues with 5 consumers each take milliseconds, and few locks', {
  timeout: 300_000,
}, async () => {
  const session = await database.connect();
  for (let i = 0; i < 1000; i += 1) {
    await session.query(`select pgque.create_queue('queue ${i}')`);
    await session.query(`select pgque.subscribe('queue ${i}', 'consumer ' || c) from generate_series(1, 5) c`);
  }
  await rows(session, 'select pgque.send(queue_name, text $$x$$) from pgque.queue');
  let bestMs = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 20; run += 1) {
    const [row] = await rows<{ 'QUERY PLAN': [ExplainedPlan] }>(
      session,
      'explain (analyze, timing off, format json) select * from pgque.metrics()',
    );
    expect(row?.['QUERY PLAN'][0].Plan['Actual Rows']).toBe(16_005);
    bestMs = Math.min(bestMs, row?.['QUERY PLAN'][0]['Execution Time'] ?? 0);
  }
  expect(bestMs).toBeLessThan(100);

  await session.query('begin');
  await session.query('select count(*) from pgque.metrics()');
  expect(await scalar<bigint>(session, 'select count(*) from pg_locks where pid = pg_backend_pid()')).toBeLessThan(
    100n,
  );
  await session.query('commit');
});
