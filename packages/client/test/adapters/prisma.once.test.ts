import { openTestDatabase } from '@pgque/testing';
import { PrismaPg } from '@prisma/adapter-pg';
import { expect, test } from 'vitest';
import { fromPrisma, type PrismaTransaction } from '../../src/adapters/prisma.ts';
import { createClient, TransactionEndedError } from '../../src/index.ts';
import { testAdapter } from './contract.ts';
import { PrismaClient } from './prisma-client.ts';

testAdapter<PrismaTransaction>(async (url) => {
  const adapter = new PrismaPg({ connectionString: url });
  // Its own limit of five seconds would be one for the machine.
  const prisma = new PrismaClient({ adapter, transactionOptions: { maxWait: 30_000, timeout: 30_000 } });
  return {
    executor: fromPrisma(prisma),
    from: fromPrisma,
    transaction: (work) => prisma.$transaction(work),
    write: async (tx, id) => await tx.$queryRawUnsafe('insert into invoices values ($1)', id),
    end: () => prisma.$disconnect(),
  };
});

test('a transaction that Prisma ends before its work is done has ended', async () => {
  const { url } = await openTestDatabase({ engine: false });
  const prisma = new PrismaClient({
    adapter: new PrismaPg({ connectionString: url }),
    transactionOptions: { maxWait: 30_000, timeout: 50 },
  });
  const outcome = createClient(fromPrisma(prisma)).transaction((tx) => tx.query('select pg_sleep(0.2)::text'));
  await expect(outcome).rejects.toThrow(TransactionEndedError);
  await prisma.$disconnect();
});
