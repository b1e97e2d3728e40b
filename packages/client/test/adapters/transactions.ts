import { expect, test } from 'vitest';
import { createClient, InvalidArgumentError, TransactionAbortedError, TransactionEndedError } from '../../src/index.ts';
import { tick } from '../tick.ts';
import type { Stage } from './subject.ts';

/** What a transaction promises, whether the client or the application has opened it. */
export function testTransactions<Tx>(stage: Stage<Tx>): void {
  test('received, written and acknowledged in one transaction of the library takes effect once', async () => {
    await stage.openQueue('once');
    await stage.client.sendBatch('once', 'invoice', [1, 2]);
    await tick(stage.client, 'once');
    const work = (isLost: boolean) => async (tx: Tx) => {
      const queue = stage.using(tx);
      const messages = await queue.receive('once', 'billing');
      for (const { payload } of messages) await stage.subject.write(tx, Number(payload));
      await queue.ack(messages[0]?.batchId ?? 0n);
      if (isLost) throw new Error('crashed before the commit');
      return messages.length;
    };
    await expect(stage.subject.transaction(work(true))).rejects.toThrow('crashed before the commit');
    expect(await stage.invoices(0)).toEqual([]);
    expect(await stage.subject.transaction(work(false))).toBe(2);
    expect(await stage.invoices(0)).toEqual([1, 2]);
    expect(await stage.payloads('once')).toEqual([]);
  });

  test('client.transaction() is one of the library, which native is', async () => {
    await stage.openQueue('native');
    const failure = new Error('changed my mind');
    const work = (id: number, isLost: boolean) =>
      stage.client.transaction(async (tx) => {
        await stage.subject.write(tx.native, id);
        await Promise.all([1, 2, 3].map((payload) => tx.send('native', { payload: id + payload })));
        const rows = await tx.query('select $2::int as n, $1::text as text, $2::int + 1 as more', ["it's ?", 7]);
        expect(rows).toEqual([{ n: 7, text: "it's ?", more: 8 }]);
        const written = await tx.query('update invoices set id = id where id = $1 returning id', [id]);
        expect(written).toEqual([{ id }]);
        if (isLost) throw failure;
        return id;
      });
    await expect(work(10, true)).rejects.toBe(failure);
    expect(await work(11, false)).toBe(11);
    expect(await stage.invoices(10)).toEqual([11]);
    expect(await stage.payloads('native')).toEqual([12, 13, 14]);
  });

  test('a savepoint is undone alone, and native works in it', async () => {
    const failure = new Error('not this one');
    await stage.client.transaction(async (tx) => {
      await tx.savepoint((inner) => stage.subject.write(inner.native, 30));
      const undone = tx.savepoint(async (inner) => {
        await stage.subject.write(inner.native, 31);
        await inner.savepoint((innermost) => stage.subject.write(innermost.native, 32));
        throw failure;
      });
      await expect(undone).rejects.toBe(failure);
      const failed = tx.savepoint((inner) => inner.query('select 1 / 0'));
      await expect(failed).rejects.toMatchObject({ sqlstate: '22012' });
      const beside = tx.savepoint(async () => {
        await expect(tx.savepoint(async () => 1)).rejects.toThrow(InvalidArgumentError);
      });
      await beside;
      await stage.subject.write(tx.native, 33);
    });
    expect(await stage.invoices(30)).toEqual([30, 33]);
  });

  test('in a transaction of the application transaction() is a savepoint', async () => {
    const failure = new Error('not this one');
    await stage.subject.transaction(async (outer) => {
      const inside = createClient(stage.subject.from(outer));
      await inside.transaction((tx) => stage.subject.write(tx.native, 40));
      const undone = inside.transaction(async (tx) => {
        await stage.subject.write(tx.native, 41);
        throw failure;
      });
      await expect(undone).rejects.toBe(failure);
      await stage.subject.write(outer, 42);
    });
    expect(await stage.invoices(40)).toEqual([40, 42]);
  });

  test('a statement whose error is swallowed ends in no commit', async () => {
    const outcome = stage.client.transaction(async (tx) => {
      await stage.subject.write(tx.native, 50);
      await tx.query('select 1 / 0').catch(() => {});
    });
    await expect(outcome).rejects.toThrow(TransactionAbortedError);
    const natively = stage.client.transaction(async (tx) => {
      await stage.subject.write(tx.native, 51);
      await stage.subject.write(tx.native, 51).catch(() => {});
    });
    await expect(natively).rejects.toThrow(TransactionAbortedError);
    expect(await stage.invoices(50)).toEqual([]);
  });

  test('a transaction that is kept rejects after its end', async () => {
    const kept = await stage.client.transaction(async (tx) => tx);
    await expect(kept.version()).rejects.toThrow(TransactionEndedError);
  });
}
