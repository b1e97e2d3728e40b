import { closeAtEndOfFile } from '@pgque/testing';
import { type Client, type ConnectOptions, connect } from 'pgque';
import { expect } from 'vitest';
import { type Consumer, createConsumer, createTicker, type Duration, fixed, type Ticker } from '../../src/index.ts';
import { LogBook } from '../log-book.ts';
import { type Ledger, patienceMs } from './ledger.ts';
import { record } from './record.ts';

/** The names of the consumers of a fleet: each sees every event. */
export const consumers = ['alone', 'shared', 'exact'] as const;

interface FleetOptions extends ConnectOptions {
  /** @default '30s' */
  readonly deadInterval?: Duration;
}

/** Consumers of every kind with their tickers, each on a client of its own as a process of its own has it. */
export class Fleet implements AsyncDisposable {
  readonly log = new LogBook();
  readonly clients: Client[] = [];
  readonly tickers: Ticker[] = [];
  readonly members: Consumer<string, never>[] = [];
  readonly #ledger: Ledger;
  readonly #options: ConnectOptions;
  readonly #patience;

  private constructor(ledger: Ledger, { deadInterval = '30s', ...options }: FleetOptions) {
    this.#ledger = ledger;
    this.#options = options;
    // A network that swallows everything is found out by asking.
    this.#patience = { retry: fixed('10ms'), idlePollInterval: '1s', deadInterval } as const;
  }

  /** Stopped at the end of the file. */
  static create(ledger: Ledger, options: FleetOptions): Fleet {
    return closeAtEndOfFile(new Fleet(ledger, options));
  }

  static async start(ledger: Ledger, options: FleetOptions): Promise<Fleet> {
    const fleet = Fleet.create(ledger, options);
    await fleet.start();
    return fleet;
  }

  /** Two that take turns, three that share, two that work exactly once, two that tick. */
  async start(): Promise<void> {
    await Promise.all([
      ...['first', 'second'].map((process) => this.#alone(process)),
      ...['first', 'second', 'third'].map((process) => this.#shared(process)),
      ...['first', 'second'].map((process) => this.#exact(process)),
      ...['first', 'second'].map(() => this.#ticker()),
    ]);
  }

  get size(): number {
    return this.members.length + this.tickers.length;
  }

  /** How many work, stand by or wait. */
  get healthy(): number {
    return [...this.members, ...this.tickers].filter((each) => each.health().isHealthy).length;
  }

  /** Waits until so many messages have been settled, as far as is known here. */
  async hasSettled(count: number): Promise<void> {
    const settled = (): number => this.members.reduce((sum, member) => sum + member.health().acked, 0);
    await expect.poll(settled, { timeout: patienceMs / 2, interval: 5 }).toBeGreaterThanOrEqual(count);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.members, ...this.tickers].map((each) => each.stop()));
    await Promise.all(this.clients.map((client) => client.close()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #alone(process: string): Promise<void> {
    const client = await this.#connect();
    const { queue } = this.#ledger;
    const consumer = createConsumer(client, { queue, name: 'alone', concurrency: 8, ...this.#patience });
    consumer.on('*', (message) => record(client, { consumer: 'alone', process }, queue, [message]));
    await this.#add(consumer);
  }

  async #shared(process: string): Promise<void> {
    const client = await this.#connect();
    const { queue } = this.#ledger;
    const consumer = createConsumer(client, { queue, name: 'shared', members: 'auto', ...this.#patience });
    consumer.onBatch('*', (messages) => record(client, { consumer: 'shared', process }, queue, messages), {
      maxMessages: 10,
    });
    await this.#add(consumer);
  }

  async #exact(process: string): Promise<void> {
    const client = await this.#connect();
    const { queue } = this.#ledger;
    const options = { queue, name: 'exact', mode: 'exactly-once', ...this.#patience } as const;
    const consumer = createConsumer(client, options);
    consumer.on('*', (message, { tx }) => record(tx, { consumer: 'exact', process }, queue, [message]));
    await this.#add(consumer);
  }

  async #ticker(): Promise<void> {
    const ticker = createTicker(await this.#connect());
    this.tickers.push(ticker);
    await ticker.start();
  }

  async #connect(): Promise<Client> {
    const client = await connect({ logger: this.log, ...this.#options });
    this.clients.push(client);
    return client;
  }

  async #add(consumer: { start(): Promise<void> }): Promise<void> {
    this.members.push(consumer as never);
    await consumer.start();
  }
}
