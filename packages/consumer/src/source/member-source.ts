import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Client, Message } from 'pgque';
import { Heartbeat } from '../heartbeat/heartbeat.ts';
import { requireSubscription, type StartAt } from './join.ts';
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

/** How the members of `members: 'auto'` are called; those of processes that are gone are known by it. */
const autoPrefix = 'auto-';

export function newMemberName(): string {
  const host = hostname()
    .replaceAll(/[^A-Za-z0-9-]/g, '-')
    .slice(0, 30);
  return `${autoPrefix}${host}-${process.pid}-${randomBytes(4).toString('hex')}`;
}

/**
 * One member of a cooperative consumer. While it has a batch, a thread sends heartbeats for it; when the process is gone, or
 * the machine, the batch goes to another member after `deadIntervalMs`, under a new id.
 */
export class MemberSource implements Source {
  readonly #client: Client;
  readonly #options: MemberSourceOptions;
  readonly #heartbeat: Heartbeat;
  #lost = new AbortController();

  constructor(client: Client, options: MemberSourceOptions) {
    this.#client = client;
    this.#options = options;
    const { queue, name, member, deadIntervalMs } = options;
    this.#heartbeat = new Heartbeat(client, { queue, name, member, intervalMs: deadIntervalMs / 3 });
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Registers this process. A consumer that nobody reads is made cooperative; one with an open batch is refused. */
  async join(startAt: StartAt | undefined): Promise<void> {
    const { queue, name, member } = this.#options;
    await requireSubscription(this.#client, queue, name, startAt);
    await this.#client.registerSubconsumer(queue, name, member, { convertNormal: true });
    await this.#removeDead();
  }

  async receive(): Promise<Message[]> {
    const { queue, name, member, maxMessages, deadIntervalMs } = this.#options;
    const messages = await this.#client.receiveCoop(queue, name, member, { maxMessages, deadIntervalMs });
    if (messages.length > 0) {
      const lost = new AbortController();
      this.#lost = lost;
      this.#heartbeat.begin(() => lost.abort(new Error('another member has taken the batch over')));
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

  async leave(): Promise<void> {
    const { queue, name, member } = this.#options;
    await this.#heartbeat.close();
    await this.#client.unregisterSubconsumer(queue, name, member, { batchHandling: 1 });
  }

  /** Removes members that died: their batches have been taken over long ago. */
  async #removeDead(): Promise<void> {
    const { queue, name, deadIntervalMs } = this.#options;
    const longAgo = Math.max(10 * deadIntervalMs, 60_000);
    for (const { consumer, lastSeenMs, batchId } of await this.#client.consumerStats(queue)) {
      const isOurs = consumer.startsWith(`${name}.${autoPrefix}`);
      if (!isOurs || batchId !== null || (lastSeenMs ?? 0) < longAgo) continue;
      await this.#client.unregisterSubconsumer(queue, name, consumer.slice(name.length + 1)).catch(() => {});
    }
  }
}
