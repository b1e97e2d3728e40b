import { fromPrisma, type PrismaTransaction } from '../../src/adapters/prisma.ts';
import { testAdapter } from './contract.ts';
import { openPrisma } from './prisma-client.ts';

testAdapter<PrismaTransaction>(async (url) => {
  const prisma = openPrisma(url);
  return {
    executor: fromPrisma(prisma),
    from: fromPrisma,
    transaction: (work) => prisma.$transaction(work),
    write: async (tx, id) => await tx.$queryRawUnsafe('insert into invoices values ($1)', id),
    end: () => prisma.$disconnect(),
  };
});
