import { type DrainOptions, drain, type FakeClient, type TickOptions, tick } from '@pgque/consumer/testing';
import type { Client } from 'pgque';
import type { Connection } from '../connection/connection.ts';
import type { Runtime } from '../runtime/runtime.ts';

/** A connection of an application under test, whose consumers run when they are told to. */
export class PgqueTesting<Tested extends Client = FakeClient> {
  readonly #connection: Connection;
  readonly #runtime: Runtime;

  /** @internal */
  constructor(connection: Connection, runtime: Runtime) {
    this.#connection = connection;
    this.#runtime = runtime;
  }

  /** For `assertSent(client, …)` and whatever else a test asks. */
  get client(): Tested {
    return this.#connection.client as Tested;
  }

  /** Makes deliverable what was sent. */
  async tick(options?: TickOptions): Promise<void> {
    await tick(this.client, options);
  }

  /** Lets all consumers handle what is there, until nothing is left: also what handlers sent. Answers how many messages. */
  async drain(options?: DrainOptions): Promise<number> {
    return await drain(this.client, () => this.#runtime.makeConsumers(this.#connection), options);
  }
}
