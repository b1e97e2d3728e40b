import { behindSavepoint } from '../executor/behind-savepoint.ts';
import type { Executor, Row } from '../executor/executor.ts';
import { adapt, type Library } from './adapted-executor.ts';

/** The client of a transaction of Prisma. */
export interface PrismaTransaction {
  $queryRawUnsafe(text: string, ...values: unknown[]): PromiseLike<unknown>;
}

/** A `PrismaClient` on PostgreSQL. */
export interface PrismaDatabase<Tx> extends PrismaTransaction {
  $disconnect(): Promise<void>;
  $transaction<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result>;
}

type PrismaHandle = PrismaTransaction & Partial<PrismaDatabase<PrismaHandle>>;

/** Where Prisma keeps what the server said: in an error of its driver adapter, mostly within one of its own. */
interface AdapterError {
  readonly cause?: {
    readonly originalCode?: string;
    readonly originalMessage?: string;
    readonly detail?: string;
    readonly hint?: string;
  };
}

interface PrismaError extends AdapterError {
  readonly code?: unknown;
  readonly meta?: { readonly driverAdapterError?: AdapterError };
}

const prisma: Library<PrismaHandle> = {
  async query(db, text, values) {
    return (await db.$queryRawUnsafe(text, ...values)) as Row[];
  },
  async transaction(db, work) {
    // Within a transaction versions differ in whether there is another one.
    if (db.$disconnect && db.$transaction) return await db.$transaction(work);
    return await behindSavepoint(
      async (text) => await db.$queryRawUnsafe(text),
      () => work(db),
    );
  },
  isTransaction: (db) => db.$disconnect === undefined,
  findServerError(error) {
    const { meta, cause } = error as PrismaError;
    const { originalCode, originalMessage = '', detail, hint } = meta?.driverAdapterError?.cause ?? cause ?? {};
    return originalCode === undefined ? undefined : { code: originalCode, message: originalMessage, detail, hint };
  },
  isTransactionOver: (error) => (error as PrismaError).code === 'P2028',
};

/** An executor on a `PrismaClient`, or on that of a transaction, where `transaction()` is a savepoint with the same `native`. */
export function fromPrisma<Tx>(db: PrismaDatabase<Tx>): Executor<Tx>;
export function fromPrisma<Tx extends PrismaTransaction>(tx: Tx): Executor<Tx>;
export function fromPrisma(db: PrismaHandle): Executor<PrismaHandle> {
  return adapt(prisma, db);
}
