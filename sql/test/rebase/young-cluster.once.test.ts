import { openPrivateServer, TestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { QueueDriver } from '../support/queue-driver.ts';
import { rows } from '../support/rows.ts';
import { scalar } from '../support/scalar.ts';
import { rebase } from './open-restored.ts';

const { server, database } = await openPrivateServer();
const nextXid = (): Promise<bigint> => scalar(database, 'select pg_snapshot_xmax(pg_current_snapshot())::text::int8');

test('more ticks than the cluster has transaction ids: others are used up, and none that an open transaction has', async () => {
  const queue = new QueueDriver(database, 'ticked often');
  await rows(database, `select pgque.create_queue('ticked often', '{"external_ticker": true}')`);
  await queue.subscribe();
  const far = queue.as(database, 'far');
  await far.subscribe();
  const next = await nextXid();
  const ticks = Number(next) + 500;
  await queue.send('a');
  // Ticks of a cluster that has come much further; the event of each comes with it.
  await rows(
    database,
    `insert into pgque.event (log_id, slot, ev_id, ev_txid, ev_data)
     select 1, 0, nextval('pgque.event_1_id'), (2000000 + i)::text::xid8, 'event ' || i from generate_series(1, $1::int) i`,
    [ticks],
  );
  await rows(
    database,
    `insert into pgque.tick
     select 0, 1, 1 + i, clock_timestamp(), format('%1$s:%1$s:', 2000001 + i)::pg_snapshot, i, 1 + i, 1 + i, '{}'
     from generate_series(1, $1::int) i`,
    [ticks],
  );
  expect((await queue.receiveSome(2)).map(({ payload }) => payload)).toEqual(['a', 'event 1']);
  const others = [
    new TestDatabase(await server.createDatabase(), server),
    await database.connect(),
    await database.connect(),
  ] as const;
  const [, producer, operator] = others;
  await producer.query('begin; select pg_current_xact_id()');
  await operator.query('begin');
  expect(await rebase(operator)).toBe(1);
  await queue.as(operator).send('of rebase() itself');
  await operator.query('commit');
  expect(await nextXid()).toBeGreaterThan(BigInt(ticks));
  await queue.as(producer).send('of a transaction that was open');
  await producer.query('commit');
  await queue.send('of a new transaction');
  await rows(database, `select pgque.ticker('ticked often', 1000000, clock_timestamp(), 1000000)`);
  const expected = [
    ...Array.from({ length: ticks - 1 }, (_, i) => `event ${i + 2}`),
    'of rebase() itself',
    'of a transaction that was open',
    'of a new transaction',
  ];
  await queue.ack((await queue.receiveSome())[0].batch_id);
  expect((await queue.drain()).map(({ payload }) => payload)).toEqual(expected);
  expect((await far.drain()).map(({ payload }) => payload)).toEqual(['a', 'event 1', ...expected]);
});
