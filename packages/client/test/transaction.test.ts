import { Client as PgClient, Pool } from 'pg';
import { expect, test } from 'vitest';
import { type Transaction, TransactionAbortedError, TransactionEndedError } from '../src/index.ts';
import { openTestClient } from './open-test-client.ts';
import { recordingLogger } from './recording-logger.ts';
import { openBatch, tick } from './tick.ts';

const logger = recordingLogger();
const { database, client } = await openTestClient({ logger });
await database.query('create table processed (order_id integer primary key)');

test('a transaction that throws delivers nothing and rejects with what was thrown', async () => {
  await client.createQueue('rolled-back');
  await client.subscribe('rolled-back', 'processor');
  const failure = new Error('changed my mind');
  const outcome = client.transaction(async (tx) => {
    await tx.send('rolled-back', { payload: 1 });
    throw failure;
  });
  await expect(outcome).rejects.toBe(failure);
  expect(await client.transaction((tx) => tx.send('rolled-back', { payload: 2 }))).toEqual(expect.any(BigInt));
  await tick(client, 'rolled-back');
  expect(await client.receive('rolled-back', 'processor')).toMatchObject([{ payload: 2 }]);
});

test('receive, work and ack in one transaction take effect together or not at all', async () => {
  await openBatch(client, 'exactly-once', [{ order_id: 1 }, { order_id: 2 }]);
  const work = (fail: boolean) => async (tx: Transaction) => {
    const messages = await tx.receive('exactly-once', 'processor');
    for (const { payload } of messages) {
      await tx.query('insert into processed values ($1)', [(payload as { order_id: number }).order_id]);
    }
    if (messages[0]) await tx.ack(messages[0].batchId);
    if (fail) throw new Error('crashed before the commit');
    return messages.length;
  };
  await expect(client.transaction(work(true))).rejects.toThrow('crashed before the commit');
  expect(await database.query('select from processed')).toHaveLength(0);
  expect(await client.transaction(work(false))).toBe(2);
  expect(await client.transaction(work(false))).toBe(0);
  expect(await database.query('select order_id from processed order by 1')).toEqual([{ order_id: 1 }, { order_id: 2 }]);
});

test('a transaction that waits for what it has sent is told that it will not come', async () => {
  await openBatch(client, 'own', [1]);
  const { lines } = logger;
  lines.length = 0;
  await client.transaction(async (tx) => {
    // What was there before comes, and whoever has sent nothing waits for others.
    const [message] = await tx.receive('own', 'processor');
    await tx.ack(message?.batchId ?? 0n);
    expect(await tx.receive('own', 'processor')).toEqual([]);
    expect(lines).toEqual([]);
    await tx.savepoint((inner) => inner.sendBatch('own', 'default', [2]));
    await tx.ticker();
    expect(await tx.receive('own', 'processor')).toEqual([]);
    expect(await tx.receive('own', 'processor')).toEqual([]);
  });
  expect(lines).toEqual([
    {
      level: 'warn',
      message: expect.stringContaining('after its commit'),
      details: { queue: 'own', consumer: 'processor' },
    },
  ]);
  await tick(client, 'own');
  expect(await client.transaction((tx) => tx.receive('own', 'processor'))).toMatchObject([{ payload: 2 }]);
});

test('calls of one transaction may be made at once', async () => {
  await client.createQueue('at-once');
  const ids = await client.transaction((tx) =>
    Promise.all([1, 2, 3].map((payload) => tx.send('at-once', { payload }))),
  );
  expect(new Set(ids).size).toBe(3);
});

test('tx.query() parses as pg does and rejects with the SQLSTATE', async () => {
  const rows = await client.transaction((tx) => tx.query('select $1::int as n, now() as at', [7]));
  expect(rows).toEqual([{ n: 7, at: expect.any(Date) }]);
  const outcome = client.transaction((tx) => tx.query('insert into processed values (null)'));
  await expect(outcome).rejects.toMatchObject({ code: 'database_error', sqlstate: '23502', cause: expect.any(Error) });
});

test('a swallowed error does not look like a commit', async () => {
  const outcome = client.transaction(async (tx) => {
    await tx.query('select 1 / 0').catch(() => {});
    return 'fine';
  });
  await expect(outcome).rejects.toThrow(TransactionAbortedError);
});

test('savepoint() undoes what its work did when it throws, and the transaction goes on', async () => {
  await openBatch(client, 'partly', [1, 2]);
  await database.query('delete from processed');
  const failure = new Error('not this one');
  await client.transaction(async (tx) => {
    const [first] = await tx.receive('partly', 'processor');
    await tx.savepoint((inner) => inner.query('insert into processed values (1)'));
    const failed = tx.savepoint(async (inner) => {
      await inner.query('insert into processed values (2)');
      await inner.savepoint((innermost) => innermost.send('partly', { payload: 'undone with the outer one' }));
      throw failure;
    });
    await expect(failed).rejects.toBe(failure);
    const refused = tx.savepoint((inner) => inner.query('select 1 / 0'));
    await expect(refused).rejects.toMatchObject({ code: 'database_error', sqlstate: '22012' });
    const swallowed = tx.savepoint((inner) => inner.query('select 1 / 0').catch(() => {}));
    await expect(swallowed).rejects.toThrow(TransactionAbortedError);
    expect(await tx.savepoint(async (inner) => inner.native)).toBe(tx.native);
    await tx.ack(first?.batchId ?? 0n);
  });
  expect(await database.query('select order_id from processed')).toEqual([{ order_id: 1 }]);
  await tick(client, 'partly');
  expect(await client.receive('partly', 'processor')).toEqual([]);
});

test('a savepoint beside an open one is refused, and one that is kept rejects after its end', async () => {
  await client.transaction(async (tx) => {
    const kept = await tx.savepoint(async (inner) => {
      await expect(tx.savepoint(async () => 1)).rejects.toMatchObject({ code: 'invalid_argument' });
      return inner;
    });
    await expect(kept.version()).rejects.toThrow(TransactionEndedError);
    expect(await tx.savepoint(async () => 2)).toBe(2);
  });
});

test('a transaction that is kept rejects after its end', async () => {
  const kept = await client.transaction(async (tx) => tx);
  await expect(kept.version()).rejects.toThrow(TransactionEndedError);
  await expect(kept.query('select 1')).rejects.toThrow(TransactionEndedError);
});

test('using() sends in the transaction of the application, and is rolled back with it', async () => {
  await client.createQueue('borrowed');
  await client.subscribe('borrowed', 'processor');
  const connection = new PgClient({ connectionString: database.url });
  await connection.connect();
  for (const end of ['rollback', 'commit']) {
    await connection.query('begin');
    await client.using(connection).send('borrowed', { payload: end });
    await connection.query(end);
  }
  await connection.end();
  await tick(client, 'borrowed');
  expect(await client.receive('borrowed', 'processor')).toMatchObject([{ payload: 'commit' }]);
});

test('using() takes a pool, and says when its connection is gone', async () => {
  const pool = new Pool({ connectionString: database.url });
  const borrowed = client.using(pool);
  expect(await borrowed.version()).toBe(await client.version());
  const connection = await pool.connect();
  connection.on('error', () => {});
  const { rows } = await connection.query<{ pid: number }>('select pg_backend_pid() as pid');
  await database.query('select pg_terminate_backend($1, 10000)', [rows[0]?.pid]);
  await expect(client.using(connection).version()).rejects.toMatchObject({ code: 'connection_lost' });
  connection.release(true);
  await pool.end();
});
