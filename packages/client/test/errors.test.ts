import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import * as pgque from '../src/index.ts';
import { openTestClient } from './open-test-client.ts';

const { database, client } = await openTestClient();

interface RegisteredError {
  readonly code: string;
  readonly name: string;
}

const registryFile = createRequire(import.meta.url).resolve('@pgque/sql/errors.json');
const registry = JSON.parse(readFileSync(registryFile, 'utf8')) as RegisteredError[];

/** Makes the server raise this SQLSTATE. */
function raise(sqlstate: string): Promise<unknown> {
  return client.transaction((tx) =>
    tx.query(`do $$ begin
      raise exception 'a sentence' using errcode = '${sqlstate}', detail = 'identifiers', hint = 'Advice.';
    end $$`),
  );
}

test.each(registry)('$code is a $name with a class of its own', async ({ code: sqlstate, name: code }) => {
  const error = await raise(sqlstate).catch((reason: unknown) => reason);
  const className = `${code.replace(/(?:^|_)(.)/g, (_, letter: string) => letter.toUpperCase())}Error`;
  const Class = Object.entries(pgque).find(([name]) => name === className)?.[1];
  expect(error).toBeInstanceOf(Class);
  expect(error).toBeInstanceOf(pgque.PgqueError);
  expect(error).toMatchObject({
    name: className,
    message: 'a sentence',
    code,
    sqlstate,
    detail: 'identifiers',
    hint: 'Advice.',
    cause: expect.any(Error),
  });
  expect(pgque.isRetryable(error)).toBe(false);
});

test.each([
  ['40001', 'serialization_failure', pgque.SerializationError, true],
  ['40P01', 'deadlock_detected', pgque.SerializationError, true],
  ['42501', 'permission_denied', pgque.PermissionDeniedError, false],
  ['3F000', 'engine_not_installed', pgque.EngineNotInstalledError, false],
  ['08006', 'connection_lost', pgque.ConnectionError, true],
  ['57P01', 'connection_lost', pgque.ConnectionError, true],
  ['57P02', 'connection_lost', pgque.ConnectionError, true],
  ['57P03', 'connection_failed', pgque.ConnectionError, true],
  ['53300', 'connection_failed', pgque.ConnectionError, true],
  ['25P03', 'connection_lost', pgque.ConnectionError, true],
  ['3D000', 'connection_failed', pgque.ConnectionError, false],
  ['28P01', 'connection_failed', pgque.ConnectionError, false],
  ['23505', 'database_error', pgque.PgqueError, false],
  ['57014', 'database_error', pgque.PgqueError, false],
] as const)('SQLSTATE %s is %s', async (sqlstate, code, Class, retryable) => {
  const error = await raise(sqlstate).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(Class);
  expect(error).toMatchObject({ code, sqlstate });
  expect(pgque.isRetryable(error)).toBe(retryable);
});

test('errors of the engine carry its detail and hint', async () => {
  await expect(client.subscribe('nowhere', 'processor')).rejects.toMatchObject({
    code: 'queue_not_found',
    sqlstate: 'QU001',
    detail: 'nowhere',
    hint: expect.any(String),
  });
  await client.createQueue('orders');
  await expect(client.receive('orders', 'nobody')).rejects.toThrow(pgque.ConsumerNotRegisteredError);
  await expect(client.receive('orders', 'nobody', 0)).rejects.toThrow(pgque.InvalidArgumentError);
  await expect(client.createQueue('x'.repeat(58))).rejects.toThrow(pgque.InvalidQueueNameError);
  await expect(client.getBatchEvents(123_456n)).rejects.toThrow(pgque.BatchNotFoundError);
  await client.setQueueConfig('orders', { disableInsert: true });
  await expect(client.send('orders', { payload: 1 })).rejects.toThrow(pgque.InsertDisallowedError);
});

test('a transaction that does not see the newest commits is refused a tick', async () => {
  const outcome = client.transaction(async (tx) => {
    await tx.query('set transaction isolation level repeatable read');
    await tx.ticker();
  });
  await expect(outcome).rejects.toThrow(pgque.IsolationNotSupportedError);
});

test('a role without a grant is told so', async () => {
  const session = await database.role('pgque_writer');
  await expect(client.using(session).dropQueue('orders')).rejects.toThrow(pgque.PermissionDeniedError);
});

test('instanceof works for errors of another copy of the package', async () => {
  const other: typeof import('../src/errors/pgque-error.ts') = await import(`../src/errors/pgque-error.ts?${'copy'}`);
  expect(other.PgqueError).not.toBe(pgque.PgqueError);
  const error = new other.PgqueError('queue_not_found', 'queue not found: orders');
  expect(error).toBeInstanceOf(pgque.PgqueError);
  expect(error).toBeInstanceOf(pgque.QueueNotFoundError);
  expect(error).not.toBeInstanceOf(pgque.BatchNotFoundError);
});

test('instanceof of a derived class and of foreign values is the usual one', () => {
  class OrderError extends pgque.PgqueError {}
  const own = new OrderError('database_error', 'mine');
  expect(own).toBeInstanceOf(OrderError);
  expect(own).toBeInstanceOf(pgque.PgqueError);
  expect(new pgque.ClientClosedError()).not.toBeInstanceOf(OrderError);
  for (const value of [null, undefined, 'queue_not_found', {}, new Error('x'), { code: 'queue_not_found' }]) {
    expect(value).not.toBeInstanceOf(pgque.PgqueError);
    expect(pgque.isRetryable(value)).toBe(false);
  }
});
