import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import pg from 'pg';
import { Settings } from '../settings.ts';
import { tables } from './tables.ts';

/** The database of the application, which the queues stand on as well. */
@Injectable()
export class Database implements OnModuleInit, OnApplicationShutdown {
  readonly pool: pg.Pool;
  readonly #logger = new Logger(Database.name);

  constructor(settings: Settings) {
    this.pool = new pg.Pool({ connectionString: settings.databaseUrl, max: 10, connectionTimeoutMillis: 5000 });
    const report = (error: Error): void => this.#logger.warn(error.message);
    // A connection that breaks must not end the process, idle or not.
    this.pool.on('error', report);
    this.pool.on('connect', (connection) => connection.on('error', report));
  }

  async query<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.pool.query<Row>(text, values)).rows;
  }

  /** Committed when the work has returned, rolled back when it has thrown. */
  async transaction<Result>(work: (connection: pg.PoolClient) => Promise<Result>): Promise<Result> {
    const connection = await this.pool.connect();
    try {
      await connection.query('begin');
      const result = await work(connection);
      await connection.query('commit');
      connection.release();
      return result;
    } catch (error) {
      const isUndone = await connection.query('rollback').then(
        () => true,
        () => false,
      );
      connection.release(!isUndone);
      throw error;
    }
  }

  async onModuleInit(): Promise<void> {
    await this.query(tables);
  }

  /** Requests and handlers are over by now, but for a client of PgQue that says goodbye. */
  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }
}
