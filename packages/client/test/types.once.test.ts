import type { Client as PgClient, Pool, PoolClient } from 'pg';
import { expectTypeOf, test } from 'vitest';
import { fromPg } from '../src/adapters/pg.ts';
import type * as pgque from '../src/index.ts';
import { createClient } from '../src/index.ts';

type Client = pgque.Client;

test('ids are bigints and counts are numbers', () => {
  expectTypeOf<Client['send']>().returns.resolves.toEqualTypeOf<bigint>();
  expectTypeOf<Client['sendBatch']>().returns.resolves.toEqualTypeOf<bigint[]>();
  expectTypeOf<Client['ack']>().parameter(0).toEqualTypeOf<bigint>();
  expectTypeOf<Client['ack']>().returns.resolves.toEqualTypeOf<number>();
  expectTypeOf<Client['ticker']>().returns.resolves.toEqualTypeOf<number>();
  expectTypeOf<Client['tick']>().returns.resolves.toEqualTypeOf<bigint | null>();
  expectTypeOf<Client['nextBatch']>().returns.resolves.toEqualTypeOf<bigint | null>();
});

test('a message shows what may be null, and its payload must be looked at before it is used', () => {
  expectTypeOf<Client['receive']>().returns.resolves.toEqualTypeOf<pgque.Message[]>();
  expectTypeOf<pgque.Message['payload']>().toBeUnknown();
  expectTypeOf<pgque.Message['rawPayload']>().toEqualTypeOf<string | null>();
  expectTypeOf<pgque.Message['retryCount']>().toEqualTypeOf<number | null>();
  expectTypeOf<pgque.Message['createdAt']>().toEqualTypeOf<Date>();
});

test('an event has a payload', () => {
  expectTypeOf<{ payload: null }>().toExtend<pgque.Event>();
  expectTypeOf<{ type: string }>().not.toExtend<pgque.Event>();
  expectTypeOf<{ extra2: string; payload: 1 }>().toExtend<pgque.Event>();
});

test('what a transaction returns is what its work returns', () => {
  const work = async (client: Client) => client.transaction(async (tx) => (await tx.ack(1n)) === 1);
  expectTypeOf(work).returns.resolves.toEqualTypeOf<boolean>();
});

test('using() takes what pg makes', () => {
  expectTypeOf<PgClient>().toExtend<pgque.PgQueryable>();
  expectTypeOf<PoolClient>().toExtend<pgque.PgQueryable>();
  expectTypeOf<Pool>().toExtend<pgque.PgQueryable>();
});

test('native is what the library calls a transaction: of a pool of pg, one of its clients', () => {
  const onPool = (pool: Pool) => createClient(fromPg(pool)).transaction(async (tx) => tx.native);
  expectTypeOf(onPool).returns.resolves.toEqualTypeOf<PoolClient>();
  const onClient = (connection: PgClient) => fromPg(connection).transaction(async (tx) => tx.native);
  expectTypeOf(onClient).returns.resolves.toEqualTypeOf<PgClient>();
});

test('codes can be switched on', () => {
  expectTypeOf<pgque.EngineErrorCode>().toExtend<pgque.PgqueErrorCode>();
  expectTypeOf<'queue_not_found' | 'connection_lost'>().toExtend<pgque.PgqueErrorCode>();
  expectTypeOf<'no_such_code'>().not.toExtend<pgque.PgqueErrorCode>();
});
