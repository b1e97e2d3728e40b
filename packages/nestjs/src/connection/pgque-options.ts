import type { Duration, TickerOptions } from '@pgque/consumer';
import type { Client, ConnectOptions } from 'pgque';

export type Role = 'producer' | 'worker' | 'both';

/** Of a connection: those of `connect()`, or a client of one's own, and what the module does with it. */
export interface PgqueOptions extends ConnectOptions {
  /**
   * A client in place of the options of `connect()`, such as `createClient(fromDrizzle(db))`. It is closed with the
   * application; the connections below it are not.
   * @default connect() with the options beside
   */
  readonly client?: Client;
  /**
   * `'producer'` sends and runs no consumer, so that one code base serves as API and as worker. `'worker'` consumes and may
   * send; that it finds no consumer class is an error. `'both'` does what it finds.
   * @default 'both'
   */
  readonly role?: Role;
  /**
   * Whether this process runs the ticker, which all processes elect among them; options of the ticker say yes.
   * @default true, false with the role `'producer'`
   */
  readonly ticker?: boolean | TickerOptions;
  /** Whether the engine is installed, or brought up to date, before anything else; any number of processes may. @default false */
  readonly install?: boolean;
  /** How long the shutdown waits for the handlers of this connection, all told. @default that of each consumer: '30s' */
  readonly stopTimeout?: Duration;
}

/** What `useClass` and `useExisting` of `forRootAsync` implement. */
export interface PgqueOptionsFactory {
  createPgqueOptions(): PgqueOptions | Promise<PgqueOptions>;
}
