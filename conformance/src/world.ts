import { randomBytes } from 'node:crypto';
import { createDatabase, type Major } from '@pgque/embedded';
import { openPooler, openProxy, type Pooler, TestDatabase, type Proxy as TestProxy } from '@pgque/testing';
import { escapeIdentifier } from 'pg';
import { patienceMs } from './actor.ts';
import { findDifference, show } from './match.ts';
import type { Case } from './scenario.ts';

/** A server with the engine in a database that others are copies of. */
export interface ConformanceServer {
  readonly major: Major;
  readonly url: string;
  readonly template: string;
}

/** What a case finds: a database of its own, and what stands between it and the drivers. */
export class World implements AsyncDisposable {
  readonly database: TestDatabase;
  readonly proxy: TestProxy | undefined;
  readonly #pooler: Pooler | undefined;
  readonly #logins = new Map<string, string>();

  private constructor(database: TestDatabase, proxy: TestProxy | undefined, pooler: Pooler | undefined) {
    this.database = database;
    this.proxy = proxy;
    this.#pooler = pooler;
  }

  static async open(server: ConformanceServer, { setup }: Case): Promise<World> {
    const database = new TestDatabase(await createDatabase(server.url, { template: server.template }), server);
    const proxy = setup.through === 'proxy' ? await openProxy(database.url) : undefined;
    const pooler = setup.through === 'pooler' ? await openPooler(database.url) : undefined;
    const world = new World(database, proxy, pooler);
    await world.#setUp(setup);
    return world;
  }

  /** Where a driver connects to; `direct_url` where that is not the server itself. */
  connectArgs(driver: string, setup: Case['setup']): Record<string, unknown> {
    const url = this.#withLogin(driver, this.#pooler?.url ?? this.proxy?.url ?? this.database.url);
    return {
      url,
      ...(this.#pooler && setup.direct ? { direct_url: this.#withLogin(driver, this.database.url) } : {}),
      ...(setup.query_timeout_ms === undefined ? {} : { query_timeout_ms: setup.query_timeout_ms }),
    };
  }

  query(text: string, values: readonly unknown[] = []): Promise<Record<string, unknown>[]> {
    return this.database.query(text, [...values]);
  }

  /** Rows with bigint as texts, as on the wire. */
  async look(text: string, values: readonly unknown[] = []): Promise<unknown[]> {
    const rows = await this.query(text, values);
    return JSON.parse(
      JSON.stringify(rows, (_, value) => (typeof value === 'bigint' ? String(value) : value)),
    ) as unknown[];
  }

  async tick(queue: string, times = 1): Promise<void> {
    for (let count = 0; count < times; count += 1) {
      await this.query('select pgque.force_next_tick($1)', [queue]);
      await this.query('select pgque.ticker()');
    }
  }

  /** Brings what is due into the queues; with `all` also what is not. */
  async move(what: 'due' | 'all'): Promise<void> {
    if (what === 'all') {
      await this.query('update pgque.later set due_at = clock_timestamp() where due_at > clock_timestamp()');
    }
    for (;;) {
      const [row] = await this.query('select pgque.maint_retry_events() as moved');
      if (Number(row?.['moved']) === 0) return;
    }
  }

  /** Looks until it is as expected. */
  async until(look: () => Promise<unknown>, expected: unknown): Promise<unknown> {
    const deadline = performance.now() + patienceMs;
    for (;;) {
      const found = await look();
      const difference = findDifference(found, expected);
      if (difference === undefined) return found;
      if (performance.now() > deadline) throw new Error(`waited in vain for ${show(expected)}: ${difference}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async terminateSessions(): Promise<void> {
    await this.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.proxy?.close();
    await this.#pooler?.close();
    await this.database.drop();
    for (const login of this.#logins.values()) await this.#dropLogin(login);
  }

  #withLogin(driver: string, address: string): string {
    const login = this.#logins.get(driver);
    if (login === undefined) return address;
    const url = new URL(address);
    url.username = login;
    url.password = login;
    return url.href;
  }

  async #setUp({ queues, subscriptions, roles, sql }: Case['setup']): Promise<void> {
    const configs = Array.isArray(queues) ? Object.fromEntries(queues.map((queue) => [queue, {}])) : queues;
    for (const [queue, config] of Object.entries(configs)) {
      await this.query('select pgque.create_queue($1, $2::jsonb)', [queue, JSON.stringify(config)]);
    }
    for (const subscription of subscriptions) {
      await this.query('select pgque.subscribe($1, $2)', subscription.split('/'));
    }
    for (const [driver, granted] of Object.entries(roles)) {
      const login = `conformance_${randomBytes(6).toString('hex')}`;
      this.#logins.set(driver, login);
      await this.query(`create role ${login} login password '${login}'`);
      for (const role of granted) await this.query(`grant ${escapeIdentifier(role)} to ${login}`);
    }
    if (sql !== undefined) await this.query(sql);
  }

  async #dropLogin(login: string): Promise<void> {
    const client = new TestDatabase(
      { name: 'postgres', url: this.database.serverUrl, drop: async () => {}, async [Symbol.asyncDispose]() {} },
      { major: this.database.major, url: this.database.serverUrl },
    );
    await client.query(`drop role if exists ${login}`);
    await client.drop();
  }
}
