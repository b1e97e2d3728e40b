import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { type Client, ConsumerIsNormalError, type Message } from 'pgque';
import { Heartbeat } from '../heartbeat/heartbeat.ts';
import { requireSubscription, type StartAt } from './join.ts';
import { Outage } from './outage.ts';
import type { Source } from './source.ts';

export interface MemberSourceOptions {
  readonly queue: string;
  readonly name: string;
  /** Name of this process among the members; one that nobody else has. */
  readonly member: string;
  readonly maxMessages: number;
  readonly pollIntervalMs: number;
  readonly deadIntervalMs: number;
}

/** How the members of `members: 'auto'` are called, with when they were born: those of processes that are gone are known by it. */
const autoName = /^auto-([0-9a-z]+)-/;

export function newMemberName(): string {
  const host = hostname()
    .replaceAll(/[^A-Za-z0-9-]/g, '-')
    .slice(0, 30);
  return `auto-${Date.now().toString(36)}-${host}-${process.pid}-${randomBytes(4).toString('hex')}`;
}

/**
 * One member of a cooperative consumer. While it has a batch, a thread sends heartbeats for it; when the process is gone, or
 * the machine, the batch goes to another member after `deadIntervalMs`, under a new id.
 */
export class MemberSource implements Source {
  readonly #client: Client;
  readonly #options: MemberSourceOptions;
  readonly #heartbeat: Heartbeat;
  readonly #outage: Outage;
  #lost = new AbortController();

  constructor(client: Client, options: MemberSourceOptions) {
    this.#client = client;
    this.#options = options;
    const { queue, name, member, deadIntervalMs } = options;
    this.#heartbeat = new Heartbeat(client, { queue, name, member, intervalMs: deadIntervalMs / 3 });
    this.#outage = new Outage(deadIntervalMs);
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Registers this process. A consumer that nobody reads is made cooperative; one with an open batch is refused. */
  async join(startAt: StartAt | undefined): Promise<void> {
    await requireSubscription(this.#client, this.#options.queue, this.#options.name, startAt);
    await this.#register();
    this.#heartbeat.start();
    await this.#removeDead();
  }

  async receive(): Promise<Message[]> {
    const messages = await this.#receive().catch((error: unknown) => {
      this.noteFailure();
      throw error;
    });
    this.#outage.end();
    if (messages.length > 0) {
      const lost = new AbortController();
      this.#lost = lost;
      await this.#heartbeat.begin(() => lost.abort(new Error('another member has taken the batch over')));
    }
    return messages;
  }

  /** A batch of a process that died is announced by nobody. */
  pollIntervalMs(): number {
    return Math.min(this.#options.pollIntervalMs, this.#options.deadIntervalMs);
  }

  settling(): void {
    this.#heartbeat.end();
  }

  noteFailure(): void {
    this.#outage.note();
  }

  async leave(over: AbortSignal): Promise<void> {
    const { queue, name, member } = this.#options;
    await this.#heartbeat.close(over);
    await this.#client.unregisterSubconsumer(queue, name, member, { batchHandling: 1 });
  }

  async #receive(): Promise<Message[]> {
    const { queue, name, member, maxMessages, deadIntervalMs } = this.#options;
    const options = this.#outage.isSilenceDeath ? { maxMessages, deadIntervalMs } : { maxMessages };
    try {
      return await this.#client.receiveCoop(queue, name, member, options);
    } catch (error) {
      if (!(error instanceof ConsumerIsNormalError)) throw error;
      // It was removed for its silence, and then the last of the others left.
      await this.#register();
      return await this.#client.receiveCoop(queue, name, member, options);
    }
  }

  async #register(): Promise<void> {
    const { queue, name, member } = this.#options;
    await this.#client.registerSubconsumer(queue, name, member, { convertNormal: true });
  }

  /** Removes members that died: their batches have been taken over long ago. One that lives comes back by itself. */
  async #removeDead(): Promise<void> {
    const { queue, name, deadIntervalMs } = this.#options;
    const longAgoMs = Math.max(10 * deadIntervalMs, 60_000);
    for (const { consumer, lastSeenMs, batchId } of await this.#client.consumerStats(queue)) {
      if (batchId !== null || !consumer.startsWith(`${name}.`)) continue;
      const member = consumer.slice(name.length + 1);
      const bornAtMs = Number.parseInt(autoName.exec(member)?.[1] ?? '', 36);
      const silentMs = lastSeenMs ?? Date.now() - bornAtMs;
      if (!Number.isNaN(bornAtMs) && silentMs > longAgoMs) {
        await this.#client.unregisterSubconsumer(queue, name, member).catch(() => {});
      }
    }
  }
}
