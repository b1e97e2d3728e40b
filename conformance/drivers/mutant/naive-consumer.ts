import { setTimeout as delay } from 'node:timers/promises';
import type { Client, Message, Nack } from 'pgque';
import type { ConsumerArgs, Health, Runtime } from '../kit/consumer-ops.ts';
import type { Mutation } from './mutations.ts';

type Handle = (message: Message, signal: AbortSignal) => Promise<void>;

/** The simplest consumer that keeps the promises of the cases that mutants must fail, and can be told to break one. */
export class NaiveConsumer implements Runtime {
  readonly #client: Client;
  readonly #args: ConsumerArgs;
  readonly #mutation: Mutation;
  readonly #handle: Handle;
  readonly #stopping = new AbortController();
  #health: Health = { state: 'starting', isHealthy: true, acked: 0, retried: 0, dead: 0 };
  #ended: Promise<void> | undefined;

  constructor(client: Client, args: ConsumerArgs, mutation: Mutation, handle: Handle) {
    this.#client = client;
    this.#args = args;
    this.#mutation = mutation;
    this.#handle = handle;
  }

  async start(): Promise<void> {
    const { queue, name, member, startAt } = this.#args;
    if (member !== undefined) await this.#client.subscribeSubconsumer(queue, name, member);
    else if (startAt !== undefined) await this.#client.subscribe(queue, name, startAt);
    this.#ended = this.#loop();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#ended;
    this.#health = { ...this.#health, state: 'stopped' };
  }

  health(): Health {
    return this.#health;
  }

  async #loop(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const window = await this.#receive();
      const isEmpty =
        window === undefined || (window.messages.length === 0 && this.#isMutant('sleeps-on-an-empty-window'));
      if (window) await this.#work(window.batchId, window.messages);
      if (!isEmpty) continue;
      this.#health = { ...this.#health, state: 'waiting' };
      await delay(this.#args.pollIntervalMs ?? 50, undefined, { signal }).catch(() => {});
    }
  }

  /** By PgQ's primitives, which have empty windows, or as a member. */
  async #receive(): Promise<{ batchId: bigint; messages: Message[] } | undefined> {
    const { queue, name, member, deadIntervalMs, retryMs } = this.#args;
    if (member === undefined && retryMs === undefined) {
      const batchId = await this.#client.nextBatch(queue, name);
      if (batchId === null) return undefined;
      const events = await this.#client.getBatchEvents(batchId);
      const messages = events.map(({ eventId, ...event }) => ({ ...event, batchId, msgId: eventId }));
      return { batchId, messages };
    }
    const messages =
      member === undefined
        ? await this.#client.receive(queue, name)
        : await this.#client.receiveCoop(queue, name, member, deadIntervalMs === undefined ? {} : { deadIntervalMs });
    const [first] = messages;
    return first && { batchId: first.batchId, messages };
  }

  async #work(batchId: bigint, messages: readonly Message[]): Promise<void> {
    this.#health = { ...this.#health, state: 'working' };
    if (this.#isMutant('acks-before-the-handler-ran')) await this.#ack(batchId);
    const heartbeat = this.#isMutant('never-heartbeats') ? undefined : this.#heartbeat();
    const nacks: Nack[] = [];
    for (const message of messages) {
      await this.#handle(message, this.#stopping.signal).catch(() => {
        nacks.push({ msgId: message.msgId, retryAfterMs: this.#args.retryMs ?? 1000 });
      });
    }
    clearInterval(heartbeat);
    await this.#giveBack(batchId, nacks);
    await this.#ack(batchId);
    const acked = this.#health.acked + messages.length - nacks.length;
    this.#health = { ...this.#health, acked, retried: this.#health.retried + nacks.length };
  }

  async #giveBack(batchId: bigint, nacks: readonly Nack[]): Promise<void> {
    while (nacks.length > 0) {
      try {
        await this.#client.nackMany(batchId, nacks);
        return;
      } catch {
        if (this.#isMutant('ignores-a-failed-nack')) return;
        await delay(50);
      }
    }
  }

  /** The whole window: of the primitives, and of `receive` as long as its page has all of it. */
  async #ack(batchId: bigint): Promise<void> {
    const { member, retryMs } = this.#args;
    await (member === undefined && retryMs === undefined
      ? this.#client.finishBatch(batchId)
      : this.#client.ack(batchId));
  }

  #heartbeat(): NodeJS.Timeout | undefined {
    const { queue, name, member, deadIntervalMs } = this.#args;
    if (member === undefined || deadIntervalMs === undefined) return undefined;
    const beat = (): void => void this.#client.touchSubconsumer(queue, name, member).catch(() => {});
    return setInterval(beat, deadIntervalMs / 3);
  }

  #isMutant(mutation: Mutation): boolean {
    return this.#mutation === mutation;
  }
}
