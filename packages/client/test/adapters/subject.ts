import { openTestDatabase, type TestDatabase } from '@pgque/testing';
import { afterAll, beforeAll } from 'vitest';
import { type Client, createClient, type Executor, type Operations } from '../../src/index.ts';
import { tick } from '../tick.ts';

/** A library that an application uses, on one database. */
export interface Subject<Tx> {
  /** The adapter on its database. */
  readonly executor: Executor<Tx>;
  /** The adapter on its open transaction. */
  from(tx: Tx): Executor<Tx>;
  /** The library's own way to a transaction. */
  transaction<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result>;
  /** The library's own way to write an invoice. */
  write(tx: Tx, id: number): Promise<unknown>;
  /** The library's own way to end. */
  end(): Promise<unknown>;
}

export type OpenSubject<Tx> = (url: string) => Promise<Subject<Tx>>;

/** One library on one database, both opened before the first test and closed after the last. */
export class Stage<Tx> {
  readonly open: OpenSubject<Tx>;
  #database: TestDatabase | undefined;
  #subject: Subject<Tx> | undefined;

  constructor(open: OpenSubject<Tx>) {
    this.open = open;
    beforeAll(async () => {
      this.#database = await openTestDatabase();
      await this.#database.query('create table invoices (id integer primary key)');
      this.#subject = await open(this.#database.url);
    });
    afterAll(() => this.#subject?.end());
  }

  get database(): TestDatabase {
    if (this.#database) return this.#database;
    throw new Error('the tests have not begun');
  }

  get subject(): Subject<Tx> {
    if (this.#subject) return this.#subject;
    throw new Error('the tests have not begun');
  }

  get client(): Client<Tx> {
    return createClient(this.subject.executor);
  }

  /** The engine's functions in a transaction of the library. */
  using(tx: Tx): Operations {
    return this.client.using(this.subject.from(tx));
  }

  /** A queue with one subscription, which nobody else uses. */
  async openQueue(name: string): Promise<void> {
    await this.client.createQueue(name);
    await this.client.subscribe(name, 'billing');
  }

  /** What the subscription has to read. */
  async payloads(queue: string): Promise<unknown[]> {
    await tick(this.client, queue);
    const messages = await this.client.receive(queue, 'billing', 1000);
    return messages.map(({ payload }) => payload);
  }

  /** Which of the ten ids from this one on were written and committed. */
  async invoices(from: number): Promise<number[]> {
    const rows = await this.database.query<{ id: number }>('select id from invoices order by id');
    return rows.map(({ id }) => id).filter((id) => id >= from && id < from + 10);
  }
}
