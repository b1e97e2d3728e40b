import { BatchNotFoundError, ConsumerNotRegisteredError, type Parameter, QueueNotFoundError, type Row } from 'pgque';
import { type FakeConsumer, type FakeEvent, type FakeQueue, newQueue } from './fake-queue.ts';
import { parseInterval } from './parse-interval.ts';

type Texts = readonly (string | null)[];

/** The functions of the engine that a fake has, on queues in memory, by their names; each answers rows. */
export class FakeEngine {
  #queues = new Map<string, FakeQueue>();
  #lastId = 0n;

  /** Calls a function with the values of its statement. */
  call(name: string, values: readonly Parameter[]): readonly Row[] {
    const text = (index: number): string => String(values[index]);
    const list = (index: number): Texts => (values[index] as Texts | undefined) ?? [];
    switch (name) {
      case 'create_queue':
        return result(this.#create(text(0)));
      case 'drop_queue':
        this.queue(text(0));
        return result(Number(this.#queues.delete(text(0))));
      case 'subscribe':
      case 'register_consumer':
        return result(this.#subscribe(text(0), text(1), values[2] === 'earliest'));
      case 'unsubscribe':
        return result(Number(this.queue(text(0)).consumers.delete(text(1))));
      case 'send':
        return result(this.#append(text(0), text(1), values[2] as string, []));
      case 'insert_event':
        return result(this.#append(text(0), values[1] as string, values[2] as string, values.slice(3) as Texts));
      case 'send_batch':
        return result(this.#appendAll(text(0), values[1] ?? null, list(2), list(3)));
      case 'send_at':
        return result(this.#delay(text(0), text(1), text(2), text(3)));
      case 'receive':
        return this.#receive(text(0), text(1), Number(values[2]));
      case 'ack':
        return result(this.#settle(BigInt(text(0)), [], [], [], []));
      case 'nack':
        return result(this.#giveBack(BigInt(text(0)), list(1), list(2), list(3), list(4)));
      case 'settle':
        return result(this.#settle(BigInt(text(0)), list(1), list(2), list(3), list(4)));
      case 'maint_retry_events':
        return result(this.#moveDue());
      case 'dlq_inspect':
        return this.#inspect(text(0), Number(values[1]));
      case 'consumer_stats':
        return this.#stats(text(0));
      case 'get_queue_config':
        return [{ ticker_max_count: 500, max_retries: this.queue(text(0)).maxRetries }];
      case 'get_queue_info':
        return [];
      case 'tick_pending':
        return [{ ticked: 0, is_owed: false, is_doorbell: false, next_due_in_ms: null }];
      case 'maint':
      case 'ticker':
        return result(0);
      default:
        throw new Error(`the fake client has no pgque.${name}(): use a real database for that`);
    }
  }

  queue(name: string): FakeQueue {
    const queue = this.#queues.get(name);
    if (queue) return queue;
    throw new QueueNotFoundError('queue_not_found', `queue not found: ${name}`, {
      hint: 'Create it with client.createQueue().',
    });
  }

  /** Makes all that waits due. */
  passDelays(): void {
    for (const queue of this.#queues.values()) queue.later = queue.later.map((later) => ({ ...later, dueAt: 0 }));
  }

  /** What a rollback needs. */
  save(): () => void {
    const saved = structuredClone(this.#queues);
    return () => {
      this.#queues = saved;
    };
  }

  #create(name: string): number {
    if (this.#queues.has(name)) return 0;
    this.#queues.set(name, newQueue());
    return 1;
  }

  #subscribe(name: string, consumer: string, isEarliest: boolean): number {
    const queue = this.queue(name);
    if (queue.consumers.has(consumer)) return 0;
    const position = isEarliest ? 0 : queue.events.length;
    queue.consumers.set(consumer, { position, retries: [], batch: undefined });
    return 1;
  }

  #nextId(): bigint {
    this.#lastId += 1n;
    return this.#lastId;
  }

  #event(type: string | null, data: string | null, extras: Texts): FakeEvent {
    return { id: this.#nextId(), type, data, extras, createdAt: Date.now(), retry: 0 };
  }

  #append(name: string, type: string | null, data: string | null, extras: Texts): string {
    const event = this.#event(type, data, extras);
    this.queue(name).events.push(event);
    return String(event.id);
  }

  /** One type for all, and then the payloads come third; or one for each. */
  #appendAll(name: string, types: Parameter, payloads: Texts, extras: Texts): string {
    const ids = payloads.map((payload, index) => {
      const type = Array.isArray(types) ? (types[index] ?? null) : (types as string | null);
      return this.#append(name, type, payload, [extras[index] ?? null]);
    });
    return `{${ids.join(',')}}`;
  }

  #delay(name: string, type: string, data: string, when: string): string {
    const event = this.#event(type, data, []);
    const delayMs = parseInterval(when);
    const dueAt = delayMs === undefined ? Date.parse(when) : Date.now() + delayMs;
    this.queue(name).later.push({ event, dueAt });
    return String(event.id);
  }

  #receive(name: string, consumerName: string, maxMessages: number): Row[] {
    const queue = this.queue(name);
    const consumer = queue.consumers.get(consumerName);
    if (!consumer) {
      throw new ConsumerNotRegisteredError(
        'consumer_not_registered',
        `consumer not registered: ${name}, ${consumerName}`,
      );
    }
    if (!consumer.batch) {
      const retries = consumer.retries.slice(0, maxMessages);
      const fresh = queue.events.slice(consumer.position, consumer.position + maxMessages - retries.length);
      const events = [...retries, ...fresh];
      if (events.length === 0) return [];
      consumer.batch = { id: this.#nextId(), events, position: consumer.position + fresh.length };
    }
    const { id, events } = consumer.batch;
    return events.map((event) => ({
      msg_id: event.id,
      batch_id: id,
      type: event.type,
      payload: event.data,
      retry_count: event.retry === 0 ? null : event.retry,
      created_at: event.createdAt,
      ...columnsOf(event.extras, 'extra'),
    }));
  }

  #find(batchId: bigint): { queue: FakeQueue; name: string; consumer: FakeConsumer } | undefined {
    for (const queue of this.#queues.values()) {
      for (const [name, consumer] of queue.consumers)
        if (consumer.batch?.id === batchId) return { queue, name, consumer };
    }
    return undefined;
  }

  #giveBack(batchId: bigint, ids: Texts, delays: Texts, reasons: Texts, dead: Texts): number {
    const found = this.#find(batchId);
    if (!found) throw new BatchNotFoundError('batch_not_found', `batch not found: ${batchId}`);
    const { queue, name, consumer } = found;
    for (const [index, id] of ids.entries()) {
      const event = consumer.batch?.events.find((other) => String(other.id) === id);
      if (!event) continue;
      if (dead[index] === 'true' || event.retry >= queue.maxRetries) {
        queue.dead.push({
          id: this.#nextId(),
          consumer: name,
          reason: reasons[index] ?? null,
          event,
          diedAt: Date.now(),
        });
      } else {
        const dueAt = Date.now() + (parseInterval(delays[index] ?? '') ?? 60_000);
        queue.later.push({ event: { ...event, retry: event.retry + 1 }, dueAt, consumer: name });
      }
    }
    return ids.length;
  }

  #settle(batchId: bigint, ids: Texts, delays: Texts, reasons: Texts, dead: Texts): number {
    if (ids.length > 0) this.#giveBack(batchId, ids, delays, reasons, dead);
    const consumer = this.#find(batchId)?.consumer;
    if (!consumer?.batch) return 0;
    const handled = new Set(consumer.batch.events);
    consumer.retries = consumer.retries.filter((event) => !handled.has(event));
    consumer.position = consumer.batch.position;
    consumer.batch = undefined;
    return 1;
  }

  #moveDue(): number {
    let moved = 0;
    for (const queue of this.#queues.values()) {
      const due = queue.later.filter(({ dueAt }) => dueAt <= Date.now());
      queue.later = queue.later.filter((later) => !due.includes(later));
      for (const { event, consumer } of due) {
        if (consumer === undefined) queue.events.push(event);
        else queue.consumers.get(consumer)?.retries.push(event);
      }
      moved += due.length;
    }
    return moved;
  }

  #inspect(name: string, limit: number): Row[] {
    return this.queue(name)
      .dead.slice(-limit)
      .reverse()
      .map(({ id, consumer, reason, event, diedAt }) => ({
        dl_id: id,
        dl_time: diedAt,
        dl_reason: reason,
        consumer_name: consumer,
        ev_id: event.id,
        ev_time: event.createdAt,
        ev_retry: event.retry === 0 ? null : event.retry,
        ev_type: event.type,
        ev_data: event.data,
        ...columnsOf(event.extras, 'ev_extra'),
      }));
  }

  #stats(name: string): Row[] {
    const queue = this.queue(name);
    return [...queue.consumers].map(([consumer, { position, batch, retries }]) => ({
      queue_name: name,
      consumer_name: consumer,
      lag: 0,
      last_seen: 0,
      last_tick_id: 1,
      batch_id: batch?.id ?? null,
      batch_age: batch ? 0 : null,
      pending_events_estimate: queue.events.length - position + retries.length,
      retries_pending: queue.later.filter((later) => later.consumer === consumer).length,
      dead_letters: queue.dead.filter((dead) => dead.consumer === consumer).length,
    }));
  }
}

function result(value: string | number): readonly Row[] {
  return [{ result: value }];
}

function columnsOf(extras: Texts, prefix: string): Row {
  return Object.fromEntries([1, 2, 3, 4].map((number) => [`${prefix}${number}`, extras[number - 1] ?? null]));
}
