import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { rows } from '../support/rows.ts';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();

interface ExplainedPlan {
  'Execution Time': number;
  Plan: { 'Actual Rows': number };
}

// Here other tests run at the same time. Alone it takes about 17 ms with few states in the cursor log, 33 with a full one.
test('metrics of 1,000 queues with 5 consumers each take milliseconds, and few locks', {
  timeout: 300_000,
}, async () => {
  const session = await database.connect();
  const measure = async (label: string): Promise<number> => {
    let bestMs = Number.POSITIVE_INFINITY;
    for (let run = 0; run < 20; run += 1) {
      const [row] = await rows<{ 'QUERY PLAN': [ExplainedPlan] }>(
        session,
        'explain (analyze, timing off, format json) select * from pgque.metrics()',
      );
      expect(row?.['QUERY PLAN'][0].Plan['Actual Rows']).toBe(16_005);
      bestMs = Math.min(bestMs, row?.['QUERY PLAN'][0]['Execution Time'] ?? 0);
    }
    console.log(`metrics() of 1,000 queues, ${label}: ${bestMs.toFixed(1)} ms`);
    return bestMs;
  };
  for (let i = 0; i < 1000; i += 1) {
    await session.query(`select pgque.create_queue('queue ${i}')`);
    await session.query(`select pgque.subscribe('queue ${i}', 'consumer ' || c) from generate_series(1, 5) c`);
  }
  await rows(session, 'select pgque.send(queue_name, text $$x$$) from pgque.queue');
  expect(await measure('one state for each consumer')).toBeLessThan(100);

  // As if every consumer had opened and acknowledged six batches.
  for (let round = 0; round < 12; round += 1) {
    await session.query(`select pgque._append_state(c) from pgque._states('s') c order by random()`);
  }
  expect(await scalar<bigint>(session, `select pg_relation_size('pgque.cursor_0')`)).toBeGreaterThan(7_000_000n);
  expect(await measure('a full cursor log')).toBeLessThan(150);

  await session.query('begin');
  await session.query('select count(*) from pgque.metrics()');
  expect(await scalar<bigint>(session, 'select count(*) from pg_locks where pid = pg_backend_pid()')).toBeLessThan(
    100n,
  );
  await session.query('commit');
});
