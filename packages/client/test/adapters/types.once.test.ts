import type { EntityManager as MikroOrmManager } from '@mikro-orm/postgresql';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import type { Knex } from 'knex';
import type { Kysely, Transaction as KyselyTransaction } from 'kysely';
import type { Client, Pool, PoolClient } from 'pg';
import type { Sql, TransactionSql } from 'postgres';
import type { DataSource, EntityManager } from 'typeorm';
import { expectTypeOf, test } from 'vitest';
import { fromDrizzle } from '../../src/adapters/drizzle.ts';
import { fromKnex } from '../../src/adapters/knex.ts';
import { fromKysely } from '../../src/adapters/kysely.ts';
import { fromMikroOrm } from '../../src/adapters/mikro-orm.ts';
import { fromPg } from '../../src/adapters/pg.ts';
import { fromPostgres } from '../../src/adapters/postgres.ts';
import { fromPrisma } from '../../src/adapters/prisma.ts';
import { fromTypeOrm } from '../../src/adapters/typeorm.ts';
import type { Executor } from '../../src/index.ts';
import type { PrismaClient } from './prisma-client.ts';

interface Tables {
  invoices: { id: number };
}

/** What the callback of a transaction is given. */
type Given<Transaction extends (work: never) => unknown> = Parameters<Parameters<Transaction>[0]>[0];

test('native is what the library gives its callback, whatever the adapter was given', () => {
  const types = (
    pg: [Pool, PoolClient, Client],
    postgres: [Sql, TransactionSql],
    drizzle: [NodePgDatabase, Given<NodePgDatabase['transaction']>, PostgresJsDatabase],
    kysely: [Kysely<Tables>, KyselyTransaction<Tables>],
    knex: [Knex, Knex.Transaction],
    prisma: InstanceType<typeof PrismaClient>,
    typeOrm: [DataSource, EntityManager],
    em: MikroOrmManager,
  ) => {
    expectTypeOf(fromPg(pg[0])).toEqualTypeOf<Executor<PoolClient>>();
    expectTypeOf(fromPg(pg[1])).toEqualTypeOf<Executor<PoolClient>>();
    expectTypeOf(fromPg(pg[2])).toEqualTypeOf<Executor<Client>>();
    expectTypeOf(fromPostgres(postgres[0])).toEqualTypeOf<Executor<TransactionSql>>();
    expectTypeOf(fromPostgres(postgres[1])).toEqualTypeOf<Executor<TransactionSql>>();
    expectTypeOf(fromDrizzle(drizzle[0])).toEqualTypeOf<Executor<Given<NodePgDatabase['transaction']>>>();
    expectTypeOf(fromDrizzle(drizzle[1])).toEqualTypeOf<Executor<Given<NodePgDatabase['transaction']>>>();
    expectTypeOf(fromDrizzle(drizzle[2])).toEqualTypeOf<Executor<Given<PostgresJsDatabase['transaction']>>>();
    expectTypeOf(fromKysely(kysely[0])).toEqualTypeOf<Executor<KyselyTransaction<Tables>>>();
    expectTypeOf(fromKysely(kysely[1])).toEqualTypeOf<Executor<KyselyTransaction<Tables>>>();
    expectTypeOf(fromKnex(knex[0])).toEqualTypeOf<Executor<Knex.Transaction>>();
    expectTypeOf(fromKnex(knex[1])).toEqualTypeOf<Executor<Knex.Transaction>>();
    expectTypeOf(fromPrisma(prisma)).toEqualTypeOf<Executor<Given<typeof prisma.$transaction>>>();
    expectTypeOf(fromTypeOrm(typeOrm[0])).toEqualTypeOf<Executor<EntityManager>>();
    expectTypeOf(fromTypeOrm(typeOrm[1])).toEqualTypeOf<Executor<EntityManager>>();
    expectTypeOf(fromMikroOrm(em)).toEqualTypeOf<Executor<MikroOrmManager>>();
  };
  expectTypeOf(types).toBeFunction();
});

test('an adapter does not take a handle of another library', () => {
  const types = (pool: Pool, knex: Knex, em: EntityManager) => {
    // @ts-expect-error
    fromDrizzle(pool);
    // @ts-expect-error
    fromKysely(knex);
    // @ts-expect-error
    fromMikroOrm(em);
    // @ts-expect-error
    fromTypeOrm(pool);
  };
  expectTypeOf(types).toBeFunction();
});
