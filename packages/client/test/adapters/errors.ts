import { expect, test } from 'vitest';
import {
  ConnectionError,
  InvalidArgumentError,
  isRetryable,
  PermissionDeniedError,
  PgqueError,
  QueueNotFoundError,
} from '../../src/index.ts';
import type { Stage } from './subject.ts';

/** What goes wrong is told the same way, whatever the library makes of it. */
export function testErrors<Tx>(stage: Stage<Tx>, { isLazy, isPooled }: { isLazy: boolean; isPooled: boolean }): void {
  test('errors have their classes, with what the server said', async () => {
    const unknown = stage.client.send('nowhere', { payload: 1 });
    await expect(unknown).rejects.toThrow(QueueNotFoundError);
    await expect(unknown).rejects.toMatchObject({
      message: 'queue not found: nowhere',
      sqlstate: 'QU001',
      detail: 'nowhere',
      hint: expect.any(String),
      cause: expect.any(Error),
    });
    await expect(stage.client.subscribe('no\u0000where', 'billing')).rejects.toThrow(InvalidArgumentError);
    const refused = stage.client.transaction(async (tx) => {
      await tx.query('set local role pgque_reader');
      await tx.send('using', { payload: 1 });
    });
    await expect(refused).rejects.toThrow(PermissionDeniedError);
    await expect(refused).rejects.toMatchObject({ sqlstate: '42501' });
    const conflict = stage.client.transaction((tx) =>
      tx.query("do $$ begin raise exception 'conflict' using errcode = '40001'; end $$"),
    );
    await expect(conflict).rejects.toMatchObject({ code: 'serialization_failure', message: 'conflict' });
    expect(isRetryable(await conflict.catch((error: unknown) => error))).toBe(true);
    const twice = stage.client.transaction((tx) => tx.query('insert into invoices values (60), (60)'));
    await expect(twice).rejects.toMatchObject({ code: 'database_error', sqlstate: '23505' });
    await expect(twice).rejects.toBeInstanceOf(PgqueError);
  });

  test('an error of the library at its commit is an error of the client', async () => {
    await stage.database.query(`
      create table if not exists deferred (id integer unique deferrable initially deferred);
      truncate deferred`);
    const outcome = stage.client.transaction((tx) => tx.query('insert into deferred values (1), (1)'));
    await expect(outcome).rejects.toMatchObject({ code: 'database_error', sqlstate: '23505' });
    await expect(outcome).rejects.toBeInstanceOf(PgqueError);
  });

  if (isLazy) {
    test('a database that is not there is a failed connection', async () => {
      const url = new URL(stage.database.url);
      url.pathname = `/${stage.database.name}_not_there`;
      const nowhere = await stage.open(url.href);
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

  if (isPooled) {
    test('a backend that is terminated ends its transaction, and the next call gets another', async () => {
      const outcome = stage.client.transaction(async (tx) => {
        await stage.subject.write(tx.native, 80);
        const [row] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
        await stage.database.query('select pg_terminate_backend($1, 10000)', [row?.pid]);
        await tx.send('using', { payload: 'too late' });
      });
      await expect(outcome).rejects.toMatchObject({
        name: expect.stringMatching(/ConnectionError|TransactionEndedError/),
      });
      expect(await stage.client.version()).toEqual(expect.any(String));
      expect(await stage.invoices(80)).toEqual([]);
    });
  }
}
