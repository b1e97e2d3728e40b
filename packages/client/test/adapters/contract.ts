import { openTestDatabase, type TestDatabase } from '@pgque/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  ClientClosedError,
  ConnectionError,
  connect,
  createClient,
  type Executor,
  InvalidArgumentError,
  install,
  isRetryable,
  type Operations,
  PermissionDeniedError,
  PgqueError,
  QueueNotFoundError,
  TransactionAbortedError,
  TransactionEndedError,
} from '../../src/index.ts';
import { methodNames } from '../method-names.ts';
import { tick } from '../tick.ts';
import { tour } from './tour.ts';

/** A library that an application uses, on one database. */
export interface Subject<Tx> {
  /** The adapter on its database. */
  readonly executor: Executor<Tx>;
  /** The adapter on its open transaction. */
  from(tx: Tx): Executor<Tx>;
  /** The library's own way to a transaction. */
  transaction<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result>;
  /** The library's own way to write an invoice. */
  write(tx: Tx, id: number): Promise<unknown>;
  /** The library's own way to end. */
  end(): Promise<unknown>;
}

export type OpenSubject<Tx> = (url: string) => Promise<Subject<Tx>>;

export const createInvoices = 'create table if not exists invoices (id integer primary key)';

/** What quotes, casts, arrays and placeholders of a driver or a library could stumble over. */
const oddTexts = [
  `"quoted" and 'quoted'`,
  'back\\slash \\n and \\" and \\\\',
  'NULL',
  'null',
  '',
  '{}',
  '{a,"b"}',
  '$1 and $2::text',
  '? and ?? and :name and %s and {x}',
  '1, 2',
  'žlutý kůň 🐘 \u2028',
  'line\nbreak\ttab',
  'true',
  '2026-01-01T00:00:00Z',
];

/** The same promises for every library. Where the library connects only when it has to, its failure to is one of ours. */
export function testAdapter<Tx>(
  open: OpenSubject<Tx>,
  { isLazy = true } = {},
): { subject(): Subject<Tx>; database(): TestDatabase } {
  let database: TestDatabase;
  let subject: Subject<Tx>;
  const client = () => createClient(subject.executor);

  beforeAll(async () => {
    database = await openTestDatabase();
    await database.query(createInvoices);
    subject = await open(database.url);
  });
  afterAll(() => subject.end());

  /** A queue with one subscription, which nobody else uses. */
  async function openQueue(name: string): Promise<Operations> {
    await client().createQueue(name);
    await client().subscribe(name, 'billing');
    return client();
  }

  async function payloads(queue: string): Promise<unknown[]> {
    await tick(client(), queue);
    const messages = await client().receive(queue, 'billing', 1000);
    return messages.map(({ payload }) => payload);
  }

  const invoices = async (): Promise<number[]> =>
    (await database.query<{ id: number }>('select id from invoices order by id')).map(({ id }) => id);

  test('what is sent in a transaction of the library is there when it commits, and not when it rolls back', async () => {
    await openQueue('using');
    const failure = new Error('changed my mind');
    const outcome = subject.transaction(async (tx) => {
      await client().using(subject.from(tx)).send('using', { payload: 'rolled back' });
      throw failure;
    });
    await expect(outcome).rejects.toBe(failure);
    await subject.transaction(async (tx) => {
      await client().using(subject.from(tx)).send('using', { payload: 'committed' });
    });
    expect(await payloads('using')).toEqual(['committed']);
  });

  test('texts arrive as they were sent, alone and in batches', async () => {
    await openQueue('odd');
    const events = oddTexts.map((text, index) => ({ type: text, payload: text, ...(index % 2 && { extra1: text }) }));
    const ids = await subject.transaction(async (tx) => {
      const outside = client().using(subject.from(tx));
      const alone = await outside.insertEvent('odd', null, null, null, 'NULL', '"', '{}');
      return [
        alone,
        ...(await outside.sendBatch('odd', events)),
        ...(await outside.sendBatch('odd', 'same', oddTexts)),
      ];
    });
    await tick(client(), 'odd');
    const messages = await client().receive('odd', 'billing', 1000);
    const same = oddTexts.map((text) => ({ type: 'same', payload: text, extra1: null }));
    expect(messages).toMatchObject([
      { type: null, rawPayload: null, extra1: null, extra2: 'NULL', extra3: '"', extra4: '{}' },
      ...events.map((event, index) => ({ extra1: null, ...event, rawPayload: JSON.stringify(oddTexts[index]) })),
      ...same,
    ]);
    expect(messages.map(({ msgId }) => msgId)).toEqual(ids);
    const nacks = messages.map(({ msgId }, index) => ({ msgId, reason: oddTexts[index] ?? '', dead: true }));
    expect(await client().settle(messages[0]?.batchId ?? 0n, nacks)).toBe(1);
    const dead = await client().dlq.inspect('odd');
    expect(dead.map(({ reason }) => reason ?? '').sort()).toEqual(expect.arrayContaining([...oddTexts].sort()));
  });

  test('received, written and acknowledged in one transaction of the library takes effect once', async () => {
    await openQueue('once');
    await client().sendBatch('once', 'invoice', [1, 2]);
    await tick(client(), 'once');
    const work = (isLost: boolean) => async (tx: Tx) => {
      const queue = client().using(subject.from(tx));
      const messages = await queue.receive('once', 'billing');
      for (const { payload } of messages) await subject.write(tx, Number(payload));
      await queue.ack(messages[0]?.batchId ?? 0n);
      if (isLost) throw new Error('crashed before the commit');
      return messages.length;
    };
    await expect(subject.transaction(work(true))).rejects.toThrow('crashed before the commit');
    expect(await invoices()).toEqual([]);
    expect(await subject.transaction(work(false))).toBe(2);
    expect(await invoices()).toEqual([1, 2]);
    expect(await payloads('once')).toEqual([]);
  });

  test('client.transaction() is one of the library, which native is', async () => {
    await openQueue('native');
    const failure = new Error('changed my mind');
    const work = (id: number, isLost: boolean) =>
      client().transaction(async (tx) => {
        await subject.write(tx.native, id);
        await Promise.all([1, 2, 3].map((payload) => tx.send('native', { payload: id + payload })));
        const rows = await tx.query('select $2::int as n, $1::text as text, $2::int + 1 as more', ["it's ?", 7]);
        expect(rows).toEqual([{ n: 7, text: "it's ?", more: 8 }]);
        if (isLost) throw failure;
        return id;
      });
    await expect(work(10, true)).rejects.toBe(failure);
    expect(await work(20, false)).toBe(20);
    expect((await invoices()).filter((id) => id >= 10)).toEqual([20]);
    expect(await payloads('native')).toEqual([21, 22, 23]);
  });

  test('a savepoint is undone alone, and native works in it', async () => {
    const failure = new Error('not this one');
    await client().transaction(async (tx) => {
      await tx.savepoint((inner) => subject.write(inner.native, 30));
      const undone = tx.savepoint(async (inner) => {
        await subject.write(inner.native, 31);
        await inner.savepoint((innermost) => subject.write(innermost.native, 32));
        throw failure;
      });
      await expect(undone).rejects.toBe(failure);
      const failed = tx.savepoint((inner) => inner.query('select 1 / 0'));
      await expect(failed).rejects.toMatchObject({ sqlstate: '22012' });
      const beside = tx.savepoint(async () => {
        await expect(tx.savepoint(async () => 1)).rejects.toThrow(InvalidArgumentError);
      });
      await beside;
      await subject.write(tx.native, 33);
    });
    expect((await invoices()).filter((id) => id >= 30)).toEqual([30, 33]);
  });

  test('in a transaction of the application transaction() is a savepoint', async () => {
    const failure = new Error('not this one');
    await subject.transaction(async (outer) => {
      const inside = createClient(subject.from(outer));
      await inside.transaction((tx) => subject.write(tx.native, 40));
      const undone = inside.transaction(async (tx) => {
        await subject.write(tx.native, 41);
        throw failure;
      });
      await expect(undone).rejects.toBe(failure);
      await subject.write(outer, 42);
    });
    expect((await invoices()).filter((id) => id >= 40)).toEqual([40, 42]);
  });

  test('a statement whose error is swallowed ends in no commit', async () => {
    const outcome = client().transaction(async (tx) => {
      await subject.write(tx.native, 50);
      await tx.query('select 1 / 0').catch(() => {});
    });
    await expect(outcome).rejects.toThrow(TransactionAbortedError);
    const natively = client().transaction(async (tx) => {
      await subject.write(tx.native, 51);
      await subject.write(tx.native, 51).catch(() => {});
    });
    await expect(natively).rejects.toThrow(TransactionAbortedError);
    expect((await invoices()).filter((id) => id >= 50)).toEqual([]);
  });

  test('a transaction that is kept rejects after its end', async () => {
    const kept = await client().transaction(async (tx) => tx);
    await expect(kept.version()).rejects.toThrow(TransactionEndedError);
  });

  test('errors have their classes, with what the server said', async () => {
    const unknown = client().send('nowhere', { payload: 1 });
    await expect(unknown).rejects.toThrow(QueueNotFoundError);
    await expect(unknown).rejects.toMatchObject({
      message: 'queue not found: nowhere',
      sqlstate: 'QU001',
      detail: 'nowhere',
      hint: expect.any(String),
      cause: expect.any(Error),
    });
    await expect(client().subscribe('no\u0000where', 'billing')).rejects.toThrow(InvalidArgumentError);
    const refused = client().transaction(async (tx) => {
      await tx.query('set local role pgque_reader');
      await tx.send('using', { payload: 1 });
    });
    await expect(refused).rejects.toThrow(PermissionDeniedError);
    await expect(refused).rejects.toMatchObject({ sqlstate: '42501' });
    const conflict = client().transaction((tx) =>
      tx.query("do $$ begin raise exception 'conflict' using errcode = '40001'; end $$"),
    );
    await expect(conflict).rejects.toMatchObject({ code: 'serialization_failure', message: 'conflict' });
    expect(isRetryable(await conflict.catch((error: unknown) => error))).toBe(true);
    const twice = client().transaction((tx) => tx.query('insert into invoices values (60), (60)'));
    await expect(twice).rejects.toMatchObject({ code: 'database_error', sqlstate: '23505' });
    await expect(twice).rejects.toBeInstanceOf(PgqueError);
  });

  test('an error of the library at its commit is an error of the client', async () => {
    await database.query(`
      create table if not exists deferred (id integer unique deferrable initially deferred);
      truncate deferred`);
    const outcome = client().transaction((tx) => tx.query('insert into deferred values (1), (1)'));
    await expect(outcome).rejects.toMatchObject({ code: 'database_error', sqlstate: '23505' });
    await expect(outcome).rejects.toBeInstanceOf(PgqueError);
  });

  test('close() ends the client, and the library goes on', async () => {
    const closed = await open(database.url);
    const closing = createClient(closed.executor);
    const call = closing.version();
    await closing.close();
    expect(await call).toEqual(expect.any(String));
    await expect(closing.version()).rejects.toThrow(ClientClosedError);
    await expect(closing.transaction(async () => 1)).rejects.toThrow(ClientClosedError);
    await closed.transaction((tx) => closed.write(tx, 70));
    expect(await invoices()).toContain(70);
    await closed.end();
  });

  if (isLazy) {
    test('a database that is not there is a failed connection', async () => {
      const url = new URL(database.url);
      url.pathname = `/${database.name}_not_there`;
      const nowhere = await open(url.href);
      for (const call of [
        () => nowhere.executor.query('select 1', []),
        () => nowhere.executor.transaction(async (tx) => tx.query('select 1', [])),
      ]) {
        const outcome = call();
        await expect(outcome).rejects.toThrow(ConnectionError);
        await expect(outcome).rejects.toMatchObject({ code: 'connection_failed', sqlstate: '3D000' });
      }
      await nowhere.end();
    });
  }

  test('every function answers as it does through connect()', async () => {
    const [adapted, plain] = await Promise.all([0, 1].map(() => openTestDatabase({ engine: false })));
    if (!adapted || !plain) throw new Error('no databases');
    const other = await open(adapted.url);
    const adaptedClient = createClient(other.executor);
    await using plainClient = await connect(plain.url);
    await install(adaptedClient);
    await install(plainClient);
    const expected = await tour(plainClient);
    expect(Object.keys(expected).sort()).toEqual(methodNames());
    expect(await tour(adaptedClient)).toEqual(expected);
    await other.end();
  });

  return { subject: () => subject, database: () => database };
}
