import * as runtime from '@prisma/client/runtime/client';

/** What a generated client is made of. */
const config: runtime.GetPrismaClientConfig = {
  previewFeatures: [],
  clientVersion: '7.10.0',
  engineVersion: '0edf323efd1d98336f3f0a68684b56f689b900d3',
  activeProvider: 'postgresql',
  inlineSchema: 'datasource db { provider = "postgresql" }',
  runtimeDataModel: { models: {}, enums: {}, types: {} },
  parameterizationSchema: { strings: [], graph: 'AAAA' },
  compilerWasm: {
    // @ts-expect-error has no types
    getRuntime: async () => await import('@prisma/client/runtime/query_compiler_fast_bg.postgresql.mjs'),
    async getQueryCompilerWasmModule() {
      // @ts-expect-error has no types
      const { wasm } = await import('@prisma/client/runtime/query_compiler_fast_bg.postgresql.wasm-base64.mjs');
      // @ts-expect-error the types of Node leave it out
      return new WebAssembly.Module(Buffer.from(wasm, 'base64'));
    },
    importName: './query_compiler_fast_bg.js',
  },
};

interface RawClient {
  $queryRawUnsafe<Result = unknown>(text: string, ...values: unknown[]): Promise<Result>;
}

interface Client extends RawClient {
  $disconnect(): Promise<void>;
  $transaction<Result>(work: (tx: RawClient) => Promise<Result>): Promise<Result>;
}

interface ClientOptions {
  readonly adapter: unknown;
  readonly transactionOptions?: { readonly maxWait?: number; readonly timeout?: number };
}

/**
 * The client of Prisma for a schema without models. `prisma generate` writes the same into a file, but downloads a schema
 * engine first, which is not in the registry and which it does not use.
 */
export const PrismaClient = runtime.getPrismaClient(config) as unknown as new (options: ClientOptions) => Client;
