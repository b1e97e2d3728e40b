import { randomUUID } from 'node:crypto';
import { rows } from './rows.ts';
import { scalar } from './scalar.ts';
import type { Session } from './session.ts';

/** A row of pgque.message. */
export interface Message {
  msg_id: bigint;
  batch_id: bigint;
  type: string | null;
  payload: string | null;
  retry_count: number | null;
  created_at: Date;
  extra1: string | null;
  extra2: string | null;
  extra3: string | null;
  extra4: string | null;
}

/** One queue and one consumer of it, driven by hand: each method is one or more statements in autocommit. */
export class QueueDriver {
  readonly session: Session;
  readonly name: string;
  readonly consumer: string;
  readonly schema: string;

  constructor(session: Session, name: string, consumer = 'reader', schema = 'pgque') {
    this.session = session;
    this.name = name;
    this.consumer = consumer;
    this.schema = schema;
  }

  /** The same queue with another session or consumer. */
  as(session: Session, consumer = this.consumer): QueueDriver {
    return new QueueDriver(session, this.name, consumer, this.schema);
  }

  configure(param: string, value: string | null): Promise<number> {
    return scalar(this.session, `select ${this.schema}.set_queue_config($1, $2, $3)`, [this.name, param, value]);
  }

  subscribe(): Promise<number> {
    return scalar(this.session, `select ${this.schema}.subscribe($1, $2)`, [this.name, this.consumer]);
  }

  send(payload: string | null, type = 'default'): Promise<bigint> {
    return scalar(this.session, `select ${this.schema}.send($1, $2, $3::text)`, [this.name, type, payload]);
  }

  async sendMany(payloads: readonly (string | null)[]): Promise<bigint[]> {
    const sent = await rows<{ id: bigint }>(
      this.session,
      `select unnest(${this.schema}.send_batch($1, $2::text[])) as id`,
      [this.name, payloads],
    );
    return sent.map(({ id }) => id);
  }

  /** A tick now, whatever the thresholds; returns its id. */
  async tick(): Promise<bigint> {
    await rows(this.session, `select ${this.schema}.force_next_tick($1)`, [this.name]);
    const tickId = await scalar<bigint | null>(this.session, `select ${this.schema}.ticker($1)`, [this.name]);
    if (tickId === null) throw new Error(`no tick of ${this.name} although it was forced`);
    return tickId;
  }

  receive(maxReturn = 100): Promise<Message[]> {
    return rows(this.session, `select * from ${this.schema}.receive($1, $2, $3)`, [
      this.name,
      this.consumer,
      maxReturn,
    ]);
  }

  async receivePayloads(maxReturn = 100): Promise<(string | null)[]> {
    return (await this.receive(maxReturn)).map((message) => message.payload);
  }

  /** Receives, and expects something to be there. */
  async receiveSome(maxReturn = 100): Promise<[Message, ...Message[]]> {
    const [first, ...others] = await this.receive(maxReturn);
    if (!first) throw new Error(`${this.consumer} received nothing from ${this.name}`);
    return [first, ...others];
  }

  ack(batchId: bigint | undefined): Promise<number> {
    return scalar(this.session, `select ${this.schema}.ack($1)`, [batchId]);
  }

  /** Gives messages back, due at once unless said otherwise. */
  nack(messages: readonly Message[], retryAfter = '0 seconds', reason: string | null = null): Promise<number> {
    return scalar(this.session, `select ${this.schema}.nack($1, $2::bigint[], $3::interval[], $4::text[])`, [
      messages[0]?.batch_id,
      messages.map((message) => message.msg_id),
      messages.map(() => retryAfter),
      messages.map(() => reason),
    ]);
  }

  /** Moves the retries that are due into the event log and ticks; returns how many moved, of all queues. */
  async moveRetries(): Promise<number> {
    const moved = await scalar<number>(this.session, `select ${this.schema}.maint_retry_events()`);
    await this.tick();
    return moved;
  }

  /** Receives and acknowledges until nothing is left; returns all that came, in order. */
  async drain(maxReturn = 1000): Promise<Message[]> {
    const all: Message[] = [];
    for (;;) {
      const messages = await this.receive(maxReturn);
      if (messages.length === 0) return all;
      all.push(...messages);
      await this.ack(messages[0]?.batch_id);
    }
  }
}

/** A new queue of a random name with one consumer. */
export async function openQueue(
  session: Session,
  options: Readonly<Record<string, unknown>> = {},
): Promise<QueueDriver> {
  const queue = new QueueDriver(session, `q-${randomUUID()}`);
  await rows(session, 'select pgque.create_queue($1, $2::jsonb)', [queue.name, JSON.stringify(options)]);
  await queue.subscribe();
  return queue;
}
