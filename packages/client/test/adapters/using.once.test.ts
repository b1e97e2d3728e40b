import 'reflect-metadata';
import { MikroORM } from '@mikro-orm/postgresql';
import { PrismaPg } from '@prisma/adapter-pg';
import { drizzle } from 'drizzle-orm/node-postgres';
import knex from 'knex';
import { Kysely, PostgresDialect } from 'kysely';
import { Pool } from 'pg';
import postgres from 'postgres';
import { DataSource } from 'typeorm';
import { expect, test } from 'vitest';
import { fromPg } from '../../src/adapters/pg.ts';
import { createClient, InvalidArgumentError } from '../../src/index.ts';
import { PrismaClient } from './prisma-client.ts';

// None of them connects before it is asked something.
const url = 'postgresql://localhost/mydb';
const pool = new Pool({ connectionString: url });
const dataSource = new DataSource({ type: 'postgres', url });

test.each([
  ['Drizzle', drizzle({ client: pool })],
  ['Knex', knex({ client: 'pg', connection: url })],
  ['Kysely', new Kysely({ dialect: new PostgresDialect({ pool }) })],
  ['MikroORM', new MikroORM({ clientUrl: url, entities: [], discovery: { warnWhenNoEntities: false } }).em],
  ['postgres', postgres(url)],
  ['Prisma', new PrismaClient({ adapter: new PrismaPg({ connectionString: url }) })],
  ['TypeORM', dataSource],
  ['the manager of TypeORM', dataSource.manager],
])('using() says that %s needs its adapter', (_, handle) => {
  const client = createClient(fromPg(pool));
  expect(() => client.using(handle as never)).toThrow(InvalidArgumentError);
  expect(() => client.using(handle as never)).toThrow(
    expect.objectContaining({ hint: expect.stringContaining('adapter') }),
  );
});
