import { setTimeout as delay } from 'node:timers/promises';
import { type Major, type Server, startServer } from '@pgque/embedded';
import { installEngine, TestDatabase } from '@pgque/testing';
import type { ClientEntry } from '../clients.ts';
import { Account } from './account.ts';
import { Chance } from './chance.ts';
import { leaseMs, Player, queue, sharedConsumer } from './player.ts';

export interface TortureOptions {
  readonly clients: readonly ClientEntry[];
  readonly major: Major;
  readonly seconds: number;
  readonly seed: number;
  readonly tell: (line: string) => void;
}

export interface TortureVerdict {
  readonly seed: number;
  readonly players: number;
  readonly committed: number;
  readonly handled: number;
  readonly repeats: number;
  readonly disturbances: number;
  readonly faults: readonly string[];
}

const auditor = 'auditor';
const leastDisturbances = 5;
const leastCommitted = 200;
const betweenMs = { least: 700, more: 1500 };
/** That everybody may take to finish when nothing is broken any more. */
const finishMs = 180_000;

/** All clients at once on one queue of a server that is killed, as their processes are; then the books must balance. */
export async function runTorture({ clients, major, seconds, seed, tell }: TortureOptions): Promise<TortureVerdict> {
  // Servers that may be killed, whose commits survive it.
  await using server = await startServer({
    major,
    source: 'binaries',
    durable: true,
    settings: { max_connections: 300 },
  });
  const created = await server.createDatabase({ name: 'torture' });
  const database = new TestDatabase(created, server);
  const books = new TestDatabase(created, server);
  const run = new Run({ server, database, books, chance: new Chance(seed), tell });
  try {
    return await run.play(clients, seconds);
  } finally {
    await run.end();
  }
}

interface RunParts {
  readonly server: Server;
  readonly database: TestDatabase;
  /** The same over another connection, for the auditor. */
  readonly books: TestDatabase;
  readonly chance: Chance;
  readonly tell: (line: string) => void;
}

class Run {
  readonly #server: Server;
  readonly #database: TestDatabase;
  readonly #books: TestDatabase;
  readonly #chance: Chance;
  readonly #tell: (line: string) => void;
  readonly #account = new Account();
  readonly #ending = new AbortController();
  #players: Player[] = [];
  #upkeep: Promise<void>[] = [];

  constructor({ server, database, books, chance, tell }: RunParts) {
    this.#server = server;
    this.#database = database;
    this.#books = books;
    this.#chance = chance;
    this.#tell = tell;
  }

  async play(clients: readonly ClientEntry[], seconds: number): Promise<TortureVerdict> {
    await this.#setUp(clients);
    for (const player of this.#players) player.start();
    this.#upkeep = [this.#tick(), this.#audit()];
    await this.#breakThings(seconds);
    this.#tell('nothing is broken any more; the rest is handled');
    for (const player of this.#players) player.stopSending();
    await this.#finish();
    await this.#addDead();
    const { committed, disturbances, done, repeats } = this.#account;
    return {
      seed: this.#chance.seed,
      players: this.#players.length,
      committed: committed.size,
      handled: done,
      repeats,
      disturbances: disturbances.length,
      faults: this.#account.findFaults(2 * leaseMs + 5000),
    };
  }

  async end(): Promise<void> {
    await Promise.all(this.#players.map((player) => player.stop()));
    this.#ending.abort();
    await Promise.all(this.#upkeep);
    await this.#books.drop();
    await this.#database.drop();
  }

  async #setUp(clients: readonly ClientEntry[]): Promise<void> {
    await installEngine(this.#database.url);
    // What is retried often enough is dead, which must not be by chance; and rotation goes on meanwhile.
    const config = { max_retries: 1000, rotation_period: '2 seconds' };
    await this.#database.query('select pgque.create_queue($1, $2)', [queue, JSON.stringify(config)]);
    for (const client of clients) {
      const command = await client.prepare();
      if (!command) {
        this.#tell(`${client.name} does not take part: ${client.toolchain} is missing`);
        continue;
      }
      const { url } = this.#database;
      this.#players.push(new Player({ client, command, url, chance: this.#chance, account: this.#account }));
    }
    await Promise.all(this.#players.map((player) => player.hello()));
    for (const name of [...this.#players.map((player) => player.name), auditor]) await this.#subscribe(name);
    await this.#subscribe(sharedConsumer);
  }

  async #subscribe(name: string): Promise<void> {
    await this.#database.query('select pgque.subscribe($1, $2)', [queue, name]);
    if (name !== auditor) this.#account.addSubscription(name);
  }

  /** The ticker, the mover and the rotation, for everybody. */
  async #tick(): Promise<void> {
    while (!this.#ending.signal.aborted) {
      await this.#unlessAway(async () => {
        await this.#database.query('select pgque.maint_retry_events()');
        await this.#database.query('select pgque.tick_pending()');
        await this.#database.query('select pgque.maint()');
      });
      await delay(25);
    }
  }

  /** A consumer of the runner's own: what it gets was committed. */
  async #audit(): Promise<void> {
    while (!this.#ending.signal.aborted) {
      const isIdle = await this.#unlessAway(async () => {
        const text = 'select msg_id, batch_id from pgque.receive($1, $2, 1000)';
        const messages = await this.#books.query<{ msg_id: bigint; batch_id: bigint }>(text, [queue, auditor]);
        for (const { msg_id: id } of messages) this.#account.committed.add(String(id));
        if (messages[0]) await this.#books.query('select pgque.ack($1::bigint)', [messages[0].batch_id]);
        return messages.length === 0;
      });
      if (isIdle !== false) await delay(50);
    }
  }

  async #breakThings(seconds: number): Promise<void> {
    const end = performance.now() + seconds * 1000;
    const { disturbances, committed } = this.#account;
    // However slow the machine: nothing is shown by a run in which little happened.
    while (performance.now() < end || disturbances.length < leastDisturbances || committed.size < leastCommitted) {
      await delay(betweenMs.least + this.#chance.below(betweenMs.more));
      const what = await this.#breakOne();
      this.#account.noteDisturbance(what);
      this.#tell(what);
    }
  }

  async #breakOne(): Promise<string> {
    const luck = this.#chance.next();
    const player = this.#chance.pick(this.#players);
    if (luck < 0.45) {
      player.kill('SIGKILL');
      return `${player.name} is killed`;
    }
    if (luck < 0.6) {
      this.#account.noteDisturbance(`${player.name} is frozen`);
      player.kill('SIGSTOP');
      await delay(this.#chance.below(1.5 * leaseMs));
      player.kill('SIGCONT');
      return `${player.name} was frozen`;
    }
    if (luck < 0.8) {
      await this.#unlessAway(() =>
        this.#database.query(
          'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
        ),
      );
      return 'all sessions are terminated';
    }
    const signal = this.#chance.pick(['SIGKILL', 'SIGINT', 'SIGQUIT'] as const);
    this.#account.noteDisturbance('the server goes down');
    await this.#server.kill(signal);
    await delay(this.#chance.below(1000));
    await this.#server.start();
    return `the server was ended by ${signal} and is back`;
  }

  /** Until nothing is left for anybody. */
  async #finish(): Promise<void> {
    const deadline = performance.now() + finishMs;
    let left: unknown;
    while (performance.now() < deadline) {
      await delay(200);
      const rows = await this.#unlessAway(() =>
        this.#database.query(
          `select consumer_name, pending_events_estimate as pending, retries_pending as retries, batch_id
           from pgque.consumer_stats($1) where pending_events_estimate > 0 or retries_pending > 0 or batch_id is not null`,
          [queue],
        ),
      );
      left = rows;
      if (rows?.length === 0 && this.#isAudited()) return;
    }
    throw new Error(
      `not finished: ${JSON.stringify(left, (_, value) => (typeof value === 'bigint' ? String(value) : value))}`,
    );
  }

  #isAudited(): boolean {
    return [...this.#account.promised].every((id) => this.#account.committed.has(id));
  }

  async #addDead(): Promise<void> {
    const rows = await this.#database.query<{ consumer_name: string; ev_id: bigint }>(
      'select consumer_name, ev_id from pgque.dlq_inspect($1, 1000000)',
      [queue],
    );
    for (const { consumer_name: name, ev_id: id } of rows)
      this.#account.noteDead(name.split('.')[0] ?? name, String(id));
  }

  /** `undefined` while the server is away. */
  async #unlessAway<Value>(work: () => Promise<Value>): Promise<Value | undefined> {
    try {
      return await work();
    } catch {
      return undefined;
    }
  }
}
