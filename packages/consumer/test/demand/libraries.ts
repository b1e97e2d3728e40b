import 'reflect-metadata';
import { defineEntity, MikroORM, type EntityManager as MikroOrmManager, p } from '@mikro-orm/postgresql';
import { PrismaPg } from '@prisma/adapter-pg';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import { integer, pgTable } from 'drizzle-orm/pg-core';
import knex, { type Knex } from 'knex';
import { Kysely, type Transaction as KyselyTransaction, PostgresDialect } from 'kysely';
import type { PoolClient } from 'pg';
import { fromDrizzle } from 'pgque/drizzle';
import { fromKnex } from 'pgque/knex';
import { fromKysely } from 'pgque/kysely';
import { fromMikroOrm } from 'pgque/mikro-orm';
import { fromPg } from 'pgque/pg';
import { fromPostgres } from 'pgque/postgres';
import { fromPrisma, type PrismaTransaction } from 'pgque/prisma';
import { fromTypeOrm } from 'pgque/typeorm';
import postgres from 'postgres';
import { DataSource, EntitySchema, type EntityManager as TypeOrmManager } from 'typeorm';
import { PrismaClient } from '../../../client/test/adapters/prisma-client.ts';
import type { OpenSubject } from '../../../client/test/adapters/subject.ts';
import { openPool } from '../../../client/test/open-pool.ts';

// The libraries that applications use, each with its own way to write a row of the table invoices (id integer).

export const onPg: OpenSubject<PoolClient> = async (url) => {
  const pool = openPool(url);
  return {
    executor: fromPg(pool),
    from: fromPg,
    async transaction(work) {
      const connection = await pool.connect();
      await connection.query('begin');
      const [outcome] = await Promise.allSettled([work(connection)]);
      await connection.query(outcome.status === 'fulfilled' ? 'commit' : 'rollback');
      connection.release();
      if (outcome.status === 'rejected') throw outcome.reason;
      return outcome.value;
    },
    write: (connection, id) => connection.query('insert into invoices values ($1)', [id]),
    end: () => pool.end(),
  };
};

export const onPostgres: OpenSubject<postgres.TransactionSql> = async (url) => {
  const sql = postgres(url, { onnotice: () => {} });
  return {
    executor: fromPostgres(sql),
    from: fromPostgres,
    transaction: (work) => sql.begin(work) as ReturnType<typeof work>,
    write: async (tx, id) => await tx`insert into invoices values (${id})`,
    end: () => sql.end(),
  };
};

const invoices = pgTable('invoices', { id: integer() });

type DrizzleTransaction = Parameters<Parameters<NodePgDatabase['transaction']>[0]>[0];

export const onDrizzle: OpenSubject<DrizzleTransaction> = async (url) => {
  const pool = openPool(url);
  const db = drizzle({ client: pool });
  return {
    executor: fromDrizzle(db),
    from: fromDrizzle,
    transaction: (work) => db.transaction(work),
    write: async (tx, id) => await tx.insert(invoices).values({ id }),
    end: () => pool.end(),
  };
};

interface Tables {
  invoices: { id: number };
}

export const onKysely: OpenSubject<KyselyTransaction<Tables>> = async (url) => {
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: openPool(url) }) });
  return {
    executor: fromKysely(db),
    from: fromKysely,
    transaction: (work) => db.transaction().execute(work),
    write: (tx, id) => tx.insertInto('invoices').values({ id }).execute(),
    end: () => db.destroy(),
  };
};

export const onPrisma: OpenSubject<PrismaTransaction> = async (url) => {
  const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: url }) });
  return {
    executor: fromPrisma(prisma),
    from: fromPrisma,
    transaction: (work) => prisma.$transaction(work),
    write: async (tx, id) => await tx.$queryRawUnsafe('insert into invoices values ($1)', id),
    end: () => prisma.$disconnect(),
  };
};

export const onKnex: OpenSubject<Knex.Transaction> = async (url) => {
  const db = knex({ client: 'pg', connection: url });
  return {
    executor: fromKnex(db),
    from: fromKnex,
    transaction: (work) => db.transaction(work),
    write: async (tx, id) => await tx('invoices').insert({ id }),
    end: () => db.destroy(),
  };
};

const invoiceSchema = new EntitySchema<{ id: number }>({
  name: 'invoices',
  columns: { id: { type: 'int', primary: true } },
});

export const onTypeOrm: OpenSubject<TypeOrmManager> = async (url) => {
  const dataSource = await new DataSource({ type: 'postgres', url, entities: [invoiceSchema] }).initialize();
  return {
    executor: fromTypeOrm(dataSource),
    from: fromTypeOrm,
    transaction: (work) => dataSource.transaction(work),
    write: (manager, id) => manager.insert(invoiceSchema, { id }),
    end: () => dataSource.destroy(),
  };
};

const Invoice = defineEntity({
  name: 'Invoice',
  tableName: 'invoices',
  properties: { id: p.integer().primary() },
});

export const onMikroOrm: OpenSubject<MikroOrmManager> = async (url) => {
  const orm = new MikroORM({ clientUrl: url, entities: [Invoice], ensureDatabase: false });
  return {
    executor: fromMikroOrm(orm.em),
    from: fromMikroOrm,
    transaction: (work) => orm.em.transactional(work),
    write: (tx, id) => tx.insert(Invoice, { id }),
    end: () => orm.close(),
  };
};
