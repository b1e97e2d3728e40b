import type { TestDatabase } from '@pgque/testing';
import { openQueue } from './queue-driver.ts';
import { rows } from './rows.ts';
import { scalar } from './scalar.ts';
import { sharedBuffers } from './shared-buffers.ts';

/** What the planner knows of a slot: nothing, the truth, or that it was empty. */
export type Statistics = 'none' | 'fresh' | 'stale';

/** Shared buffers that receive() of 100 events touches, in one slot with so many events. */
export interface ReadCosts {
  firstPage: number;
  middlePage: number;
  lateWindow: number;
  retries: number;
}

export async function measureReads(database: TestDatabase, events: number, statistics: Statistics): Promise<ReadCosts> {
  const queue = await openQueue(database);
  const log = await scalar<number>(database, 'select log_id from pgque.queue where queue_name = $1', [queue.name]);
  for (const slot of [0, 1, 2])
    await rows(database, `alter table pgque.event_${log}_${slot} set (autovacuum_enabled = off)`);
  const analyze = () => rows(database, `analyze pgque.event_${log}_0, pgque.event_${log}_1, pgque.event_${log}_2`);
  if (statistics === 'stale') await analyze();

  const send = (count: number) =>
    rows(
      database,
      `select cardinality(pgque.send_batch($1, array_agg(rpad(i::text, 100, '.')))) from generate_series(1, $2::integer) i`,
      [queue.name, count],
    );
  for (let sent = 0; sent < events; sent += 100_000) await send(Math.min(100_000, events - sent));
  await queue.tick();
  if (statistics === 'fresh') await analyze();

  // In a session of its own for each: what it plans is not what an earlier call has cached.
  const receive = async (): Promise<number> => {
    const session = await database.connect();
    const worker = queue.as(session);
    const call = `select * from pgque.receive('${queue.name}', '${queue.consumer}', 100)`;
    // Fills the caches of the catalog, whose buffers do not count.
    await session.query('begin');
    await session.query(call);
    await session.query('rollback');
    const found = await sharedBuffers(session, call);
    if (found.rows !== 100) throw new Error(`received ${found.rows} messages instead of 100`);
    const [message] = await worker.receiveSome();
    await worker.ack(message.batch_id);
    await session.end();
    return found.buffers;
  };

  const firstPage = await receive();
  const half = await queue.receive(Math.floor(events / 2));
  await queue.ack(half[0]?.batch_id);
  const middlePage = await receive();

  const [late] = await queue.receiveSome(1);
  await scalar(database, 'select pgque.finish_batch($1)', [late.batch_id]);
  await send(100);
  await queue.tick();
  const lateWindow = await receive();

  await send(100);
  await queue.tick();
  const toRetry = await queue.receiveSome();
  await queue.nack(toRetry);
  await queue.ack(toRetry[0].batch_id);
  await queue.moveRetries();
  return { firstPage, middlePage, lateWindow, retries: await receive() };
}
