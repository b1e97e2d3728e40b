import type { DynamicModule, INestApplicationContext } from '@nestjs/common';
import { createFakeClient, type FakeClient } from '@pgque/consumer/testing';
import type { Client } from 'pgque';
import { Connection } from '../connection/connection.ts';
import { optionsToken, PgqueConnectionModule, provideConnection } from '../connection/pgque-connection-module.ts';
import { PgqueModuleError } from '../pgque-module-error.ts';
import { Runtime } from '../runtime/runtime.ts';
import { connectionToken, defaultConnection } from '../tokens.ts';
import { PgqueTesting } from './pgque-testing.ts';

export interface PgqueTestingOptions {
  /** Name of the connection. @default 'default' */
  readonly name?: string;
  /** One on a real database, say. @default a client of its own that needs no database */
  readonly client?: Client;
}

/** What a builder of `@nestjs/testing` has. */
interface Overridable {
  overrideProvider(token: symbol): { useValue(value: unknown): unknown };
}

/**
 * For tests: nothing is ticked and no consumer runs until the test says so, and no database is needed. Queues are there when
 * somebody registers or consumes them.
 */
// biome-ignore lint/complexity/noStaticOnlyClass: what a module of Nest is
export class PgqueTestingModule {
  /** In place of `PgqueModule.forRoot()`, around the modules to be tested. */
  static forRoot(options: PgqueTestingOptions = {}): DynamicModule {
    const { name = defaultConnection } = options;
    const connection = { provide: connectionToken(name), useFactory: () => testConnection(options) };
    return provideConnection({ module: PgqueConnectionModule }, name, [connection]);
  }

  /**
   * For the whole application, with its own `PgqueModule.forRoot()` or `forRootAsync()`, whose options are not asked for:
   * `PgqueTestingModule.override(Test.createTestingModule({ imports: [AppModule] }))`. Name all connections that it has.
   */
  static override<Builder extends Overridable>(builder: Builder, ...connections: PgqueTestingOptions[]): Builder {
    builder.overrideProvider(optionsToken).useValue(null);
    for (const options of connections.length > 0 ? connections : [{}]) {
      const { name = defaultConnection } = options;
      builder.overrideProvider(connectionToken(name)).useValue(testConnection(options));
    }
    return builder;
  }

  /** What to tick and to drain with, of an application that is initialized. */
  static get<Tested extends Client = FakeClient>(
    app: Pick<INestApplicationContext, 'get'>,
    name: string = defaultConnection,
  ): PgqueTesting<Tested> {
    const connection = app.get<symbol, Connection>(connectionToken(name), { strict: false });
    if (connection.isManual) return new PgqueTesting(connection, app.get(Runtime, { strict: false }));
    throw new PgqueModuleError(
      'invalid_options',
      `the connection '${name}' is a real one: take PgqueTestingModule.forRoot() or PgqueTestingModule.override() in tests`,
    );
  }
}

function testConnection({ name = defaultConnection, client = createFakeClient() }: PgqueTestingOptions): Connection {
  return new Connection(name, client, { ticker: false }, { isManual: true });
}
