import { openTestDatabase } from '@pgque/testing';
import { createClient } from 'pgque';
import { expect, test } from 'vitest';
import type { OpenSubject } from '../../../client/test/adapters/subject.ts';
import { createConsumer } from '../../src/index.ts';
import { drain } from '../../src/testing/index.ts';
import * as libraries from './libraries.ts';

/** What a user has in mind: the event and the row are there together, and so are the row and the acknowledgement. */
async function tryOut<Tx>(library: string, open: OpenSubject<Tx>): Promise<void> {
  const database = await openTestDatabase();
  await database.query('create table invoices (id integer)');
  const { executor, from, transaction, write, end } = await open(database.url);
  const client = createClient(executor);
  await client.createQueue('orders');
  await client.subscribe('orders', 'billing');
  const failure = new Error('changed my mind');
  const order = (id: number, isLost: boolean) =>
    transaction(async (tx) => {
      await write(tx, id);
      await client.using(from(tx)).send('orders', { payload: id + 1 });
      if (isLost) throw failure;
    });
  await expect(order(10, true), library).rejects.toBe(failure);
  await order(20, false);

  const makeConsumer = () =>
    createConsumer(client, { queue: 'orders', name: 'billing', mode: 'exactly-once' }).on(
      '*',
      async ({ payload, retryCount }, { tx }) => {
        await write(tx.native, Number(payload));
        if (retryCount === null) throw new Error('after the write');
      },
    );
  expect(await drain(client, () => [makeConsumer()], { includeDelayed: true }), library).toBe(2);
  expect(await database.query('select id from invoices order by id'), library).toEqual([{ id: 20 }, { id: 21 }]);
  await client.close();
  await end();
}

test('Bring your own transaction: pg, postgres.js, Drizzle, Kysely, Prisma, Knex, TypeORM/MikroORM', {
  timeout: 120_000,
}, async () => {
  await tryOut('pg', libraries.onPg);
  await tryOut('postgres.js', libraries.onPostgres);
  await tryOut('Drizzle', libraries.onDrizzle);
  await tryOut('Kysely', libraries.onKysely);
  await tryOut('Prisma', libraries.onPrisma);
  await tryOut('Knex', libraries.onKnex);
  await tryOut('TypeORM', libraries.onTypeOrm);
  await tryOut('MikroORM', libraries.onMikroOrm);
});
