import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { type Consumer, createTicker, type Ticker } from '@pgque/consumer';
import type { Connection } from '../connection/connection.ts';
import { closeConnections } from '../connection/find-connections.ts';
import type { HandlerInvoker } from '../handling/handler-invoker.ts';
import { PgqueModuleError } from '../pgque-module-error.ts';
import type { ConsumerPlan } from './consumer-plan.ts';
import type { ConsumerClass } from './find-handlers.ts';
import { makeConsumer } from './make-consumer.ts';
import { planConsumers } from './plan-consumers.ts';
import { consumerNotStarted, tickerNotStarted } from './start-errors.ts';

/** What runs for a connection. */
export interface Running {
  readonly connection: Connection;
  readonly consumers: Consumer[];
  ticker: Ticker | undefined;
}

/** What looks around in the application, once all of it is there. */
export interface RuntimeParts {
  readonly findConnections: () => readonly Connection[];
  readonly findConsumerClasses: () => readonly ConsumerClass[];
  readonly invoker: HandlerInvoker;
}

/**
 * Starts the consumers and tickers of the application and stops them.
 *
 *   planning -> started -> stopped
 *            -> failed: what had started is stopped, and the clients are closed
 *
 * Its module is the nearest to the root, see PgqueRuntimeModule: its `onApplicationBootstrap` is called when everybody else's is
 * over, and its `onModuleDestroy` before everybody else's. So handlers find the application as it is when it is ready, and
 * the database of an ORM that disconnects in `onModuleDestroy` is still there when the last of them ends.
 */
export class Runtime implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #parts: RuntimeParts;
  #plans: readonly ConsumerPlan[] = [];
  #running: readonly Running[] = [];
  #isStarted = false;
  /** An application may be told to close while it still starts. */
  #isStopping = false;

  constructor(parts: RuntimeParts) {
    this.#parts = parts;
  }

  /** Whether the application is ready, and not on its way down. */
  get isStarted(): boolean {
    return this.#isStarted;
  }

  get running(): readonly Running[] {
    return this.#running;
  }

  /** Consumers that were not started yet, for tests that drain them. */
  makeConsumers(connection: Connection): Consumer[] {
    return this.#plansOf(connection).map((plan) => makeConsumer(plan, connection, this.#parts.invoker));
  }

  async onApplicationBootstrap(): Promise<void> {
    const connections = this.#parts.findConnections();
    this.#running = connections.map((connection) => ({ connection, consumers: [], ticker: undefined }));
    try {
      this.#plans = planConsumers(this.#parts.findConsumerClasses(), requireNames(connections));
      for (const running of this.#running) await this.#start(running);
    } catch (error) {
      await this.onModuleDestroy();
      await closeConnections(connections);
      throw error;
    }
    this.#isStarted = !this.#isStopping;
  }

  /** Consumers take no more and finish what they have; then tickers end. Sending works until clients are closed. */
  async onModuleDestroy(): Promise<void> {
    this.#isStarted = false;
    this.#isStopping = true;
    await Promise.all(
      this.#running.map(async ({ connection: { stopTimeout }, consumers, ticker }) => {
        const options = stopTimeout === undefined ? {} : { timeout: stopTimeout };
        await Promise.all(consumers.map((consumer) => consumer.stop(options)));
        await ticker?.stop();
      }),
    );
  }

  async #start(running: Running): Promise<void> {
    const { connection, consumers } = running;
    const { client, name, role, ticker } = connection;
    const plans = this.#plansOf(connection);
    if (connection.isManual) await Promise.all(plans.map(({ queue }) => client.createQueue(queue)));
    if (role === 'worker' && plans.length === 0) {
      throw new PgqueModuleError(
        'no_consumers',
        `the connection '${name}' has the role 'worker', but no provider is a @PgqueConsumer of it: is its module imported?`,
      );
    }
    if (ticker) await this.#startTicker(running, createTicker(client, ticker));
    if (!connection.isConsuming) return;
    for (const plan of plans) {
      if (this.#isStopping) return;
      const consumer = makeConsumer(plan, connection, this.#parts.invoker);
      // Before it has started: a start that waits for the server must be known to who stops.
      consumers.push(consumer);
      await consumer.start().catch((error) => Promise.reject(consumerNotStarted(plan, error)));
    }
  }

  async #startTicker(running: Running, ticker: Ticker): Promise<void> {
    if (this.#isStopping) return;
    running.ticker = ticker;
    await ticker.start().catch((error) => Promise.reject(tickerNotStarted(running.connection.name, error)));
  }

  #plansOf({ name }: Connection): readonly ConsumerPlan[] {
    return this.#plans.filter(({ connection }) => connection === name);
  }
}

/** Each has its own. */
function requireNames(connections: readonly Connection[]): readonly string[] {
  const names = connections.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return names;
  throw new PgqueModuleError(
    'duplicate_connection',
    `there are two connections '${twice}' of PgqueModule: give one another name, forRoot({ name, … })`,
  );
}
