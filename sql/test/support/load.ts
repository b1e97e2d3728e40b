import { setTimeout as delay } from 'node:timers/promises';
import type { TestDatabase } from '@pgque/testing';
import type { Client } from 'pg';
import { type Message, QueueDriver } from './queue-driver.ts';
import { rows } from './rows.ts';
import { scalar } from './scalar.ts';

const queue = 'load';
const members = ['one', 'two'] as const;

/**
 * Sessions that send, receive, tick and rotate without a pause while a test changes the install below them. No error is
 * right for any of them. The table `sent` has what was committed, `settled` what each consumer has acknowledged: what
 * comes twice, or was never committed, is an error as well.
 */
export class Load {
  /** What went wrong, in the words of the session that met it. */
  readonly errors: string[] = [];
  readonly #database: TestDatabase;
  readonly #running: Promise<void>[] = [];
  #isSending = true;
  #isReceiving = true;
  #payloads = 0;

  private constructor(database: TestDatabase) {
    this.#database = database;
  }

  static async start(database: TestDatabase): Promise<Load> {
    await database.query(`
      create table sent (payload text primary key);
      create table settled (consumer text, payload text references sent, primary key (consumer, payload));
      update pgque.config set tick_period_ms = 10, log_rotation_period = '100 milliseconds';
      select pgque.create_queue('${queue}', '{"ticker_max_lag": "10 milliseconds", "rotation_period": "100 milliseconds"}');
      select pgque.subscribe('${queue}', 'plain'), pgque.subscribe('${queue}', 'exactly once')`);
    for (const member of members) {
      await database.query(`select pgque.register_subconsumer('${queue}', 'group', $1)`, [member]);
    }
    const load = new Load(database);
    await Promise.all([
      load.#send((session) => load.#sendOne(session)),
      load.#send((session) => load.#sendMany(session)),
      load.#send((session) => load.#sendLater(session)),
      load.#receive((session) => load.#receivePlainly(session)),
      load.#receive((session) => load.#receiveOnce(session)),
      ...members.map((member) => load.#receive((session) => load.#receiveAs(session, member))),
      load.#receive((session) => session.query('select pgque.maint()')),
      load.#receive((session) => session.query('select pgque.ticker(), pgque.maint_retry_events()')),
      // One call for all the time: its body is that of the version before.
      load.#receive((session) => session.query(`call pgque.ticker_loop('1 hour')`)),
    ]);
    return load;
  }

  /** Waits until more was acknowledged, by whichever consumers, or somebody met an error. */
  async flow(more = 100): Promise<void> {
    const settled = (): Promise<bigint> => scalar(this.#database, 'select count(*) from settled');
    const goal = (await settled()) + BigInt(more);
    while (this.errors.length === 0 && (await settled()) < goal) await delay(5);
  }

  /** Stops sending, waits until each consumer has settled all that was sent, or somebody met an error, and ends. */
  async finish(): Promise<void> {
    this.#isSending = false;
    const missing = `
      select count(*) from sent s cross join (values ('plain'), ('exactly once'), ('group')) c (consumer)
      where not exists (select from settled d where d.consumer = c.consumer and d.payload = s.payload)`;
    while (this.errors.length === 0 && (await scalar<bigint>(this.#database, missing)) > 0n) await delay(10);
    this.#isReceiving = false;
    await this.#database.query('select pgque.stop()');
    await Promise.all(this.#running);
  }

  #send(step: (session: Client) => Promise<unknown>): Promise<void> {
    return this.#act(step, () => this.#isSending);
  }

  #receive(step: (session: Client) => Promise<unknown>): Promise<void> {
    return this.#act(step, () => this.#isReceiving);
  }

  async #act(step: (session: Client) => Promise<unknown>, isWanted: () => boolean): Promise<void> {
    const session = await this.#database.connect();
    // To wait for much longer than an install may make one wait is an error as well.
    await session.query(`set lock_timeout = '2s'`);
    const run = async (): Promise<void> => {
      while (isWanted() && this.errors.length === 0) await step(session);
      await session.end();
    };
    this.#running.push(
      run().catch((error: { code?: string; message: string; where?: string }) => {
        this.errors.push(`${error.code} ${error.message} ${error.where ?? ''}`);
      }),
    );
  }

  #nextPayload(): string {
    this.#payloads += 1;
    return `event ${this.#payloads}`;
  }

  /** In autocommit, by a prepared statement, whose plan outlives what it was made for. */
  async #sendOne(session: Client): Promise<void> {
    const text = 'with s as (insert into sent values ($1) returning payload) select pgque.send($2, s.payload) from s';
    await session.query({ name: 'send', text, values: [this.#nextPayload(), queue] });
  }

  async #sendMany(session: Client): Promise<void> {
    const payloads = [this.#nextPayload(), this.#nextPayload(), this.#nextPayload()];
    await session.query('begin');
    await session.query('insert into sent select unnest($1::text[])', [payloads]);
    await session.query('select pgque.send_batch($1, $2::text[])', [queue, payloads]);
    await session.query('savepoint taken_back');
    await session.query('select pgque.send($1, $2::text)', [queue, 'taken back']);
    await session.query('rollback to taken_back');
    await session.query('commit');
  }

  async #sendLater(session: Client): Promise<void> {
    const payload = this.#nextPayload();
    await session.query('begin');
    await session.query('insert into sent values ($1)', [payload]);
    await session.query(`select pgque.send_at($1, 'default', $2::text, interval '10 milliseconds')`, [queue, payload]);
    await session.query('commit');
  }

  async #receivePlainly(session: Client): Promise<void> {
    const driver = new QueueDriver(session, queue, 'plain');
    const messages = await driver.receive(20);
    // One in ten is given back once.
    const retried = messages.filter(({ msg_id, retry_count }) => msg_id % 10n === 0n && retry_count === null);
    await this.#settle(
      session,
      'plain',
      messages.filter((message) => !retried.includes(message)),
    );
    if (retried.length > 0) await driver.nack(retried);
    if (messages.length > 0) await driver.ack(messages[0]?.batch_id);
  }

  async #receiveOnce(session: Client): Promise<void> {
    await session.query('begin');
    const driver = new QueueDriver(session, queue, 'exactly once');
    const messages = await driver.receive(20);
    await this.#settle(session, 'exactly once', messages);
    await driver.ack(messages[0]?.batch_id);
    await session.query('commit');
  }

  async #receiveAs(session: Client, member: string): Promise<void> {
    const text = 'select * from pgque.receive_coop($1, $2, $3, 20)';
    const { rows: messages } = await session.query<Message & Record<string, unknown>>({
      name: 'receive',
      text,
      values: [queue, 'group', member],
    });
    await this.#settle(session, 'group', messages);
    await new QueueDriver(session, queue).ack(messages[0]?.batch_id);
  }

  async #settle(session: Client, consumer: string, messages: readonly Message[]): Promise<void> {
    const payloads = messages.map(({ payload }) => payload);
    await rows(session, 'insert into settled select $1, unnest($2::text[])', [consumer, payloads]);
  }
}
