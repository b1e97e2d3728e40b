import { setTimeout as delay } from 'node:timers/promises';
import type { ClientEntry } from '../clients.ts';
import { type Answer, type DriverCommand, type DriverEvent, DriverProcess, type Hello } from '../driver-process.ts';
import type { Account } from './account.ts';
import type { Chance } from './chance.ts';

export const queue = 'torture';
/** The consumer that the members of all languages share. */
export const sharedConsumer = 'shared';
/** Longer than a process that nobody has frozen stands still, even on a machine that is very busy. */
export const leaseMs = 6000;
const mostBehind = 1000;

interface PlayerOptions {
  readonly client: ClientEntry;
  readonly command: DriverCommand;
  readonly url: string;
  readonly chance: Chance;
  readonly account: Account;
}

interface Delivered {
  readonly msg_id: string;
  readonly batch_id: string;
}

/**
 * A client in the run, in a process that is killed and started again: it sends, and consumes for itself and as a member of
 * those who share, where it can.
 */
export class Player {
  readonly name: string;
  #driver: DriverProcess | undefined;
  #hello: Hello | undefined;
  #isEnding = false;
  #isSending = true;
  readonly #options: PlayerOptions;
  #life: Promise<void> | undefined;
  readonly #work: Promise<void>[] = [];

  constructor(options: PlayerOptions) {
    this.#options = options;
    this.name = options.client.name;
  }

  async hello(): Promise<Hello> {
    const driver = new DriverProcess(this.#options.command);
    this.#hello = await driver.hello();
    await driver.end();
    return this.#hello;
  }

  start(): void {
    this.#life = this.#live();
    if (this.#can('produce')) this.#work.push(this.#produce());
    if (!this.#can('consumer')) this.#work.push(this.#consume());
  }

  /** Breaks its process; another takes its place. */
  kill(signal: NodeJS.Signals): void {
    this.#driver?.kill(signal);
  }

  stopSending(): void {
    this.#isSending = false;
  }

  /** In peace. */
  async stop(): Promise<void> {
    this.#isEnding = true;
    const driver = this.#driver;
    const closed = await driver?.call('close', {}).catch(() => undefined);
    await driver?.end();
    await Promise.all([this.#life, ...this.#work]);
    if (closed?.error) throw new Error(`${this.name} could not close: ${closed.error.code}`);
  }

  /** One process after the other. */
  async #live(): Promise<void> {
    while (!this.#isEnding) {
      const driver = new DriverProcess(this.#options.command);
      driver.onEvent = (event) => void this.#hear(driver, event).catch(() => {});
      this.#driver = driver;
      await this.#setUp(driver).catch(() => driver.kill('SIGKILL'));
      await driver.exited;
    }
  }

  async #setUp(driver: DriverProcess): Promise<void> {
    await driver.hello();
    await this.#persist(driver, 'connect', { url: this.#options.url, query_timeout_ms: 3000 });
    if (!this.#can('consumer')) return;
    const common = {
      queue,
      max_messages: 20,
      retry_ms: 20,
      poll_interval_ms: 200,
      idle_poll_interval_ms: 500,
      dead_interval_ms: leaseMs,
    };
    const own = this.#can('single_reader') ? {} : { member: `${this.name}-own` };
    await this.#persist(driver, 'consumer_start', { ...common, ...own, handle: this.name, name: this.name });
    if (!this.#can('members')) return;
    await this.#persist(driver, 'consumer_start', {
      ...common,
      handle: sharedConsumer,
      name: sharedConsumer,
      member: this.name,
      start_at: 'earliest',
    });
  }

  /** Again until it succeeds: the server may be away. */
  async #persist(driver: DriverProcess, op: string, args: object): Promise<void> {
    while (!this.#isEnding) {
      const answer = await driver.call(op, args);
      if (!answer.error) return;
      await delay(100);
    }
  }

  async #hear(driver: DriverProcess, { event, handle, call, message, do: how }: DriverEvent): Promise<void> {
    const { chance, account } = this.#options;
    const id = (message as Delivered | undefined)?.msg_id;
    if (event === 'handler_enter' && id !== undefined) {
      this.#calls.set(String(call), id);
      const luck = chance.next();
      const end = luck < 0.9 ? 'ok' : luck < 0.97 ? 'throw' : luck < 0.99 ? 'retry_after' : 'dead';
      await driver.call('answer', { call, do: end, ms: 10, reason: 'chance' });
    } else if (event === 'handler_exit') {
      const done = this.#calls.get(String(call));
      if (done === undefined) return;
      if (how === 'ok') account.noteDone(String(handle), done);
      if (how === 'dead') account.noteDead(String(handle), done);
      this.#calls.delete(String(call));
    }
  }

  readonly #calls = new Map<string, string>();

  async #produce(): Promise<void> {
    const { chance, account } = this.#options;
    for (let count = 0; this.#isSending; count += 1) {
      // Who produces faster than others consume would make it a test of patience.
      if (account.backlog > mostBehind) {
        await delay(100);
        continue;
      }
      const payload = { from: this.name, count };
      const isBatch = chance.next() < 0.3;
      const events = Array.from({ length: 1 + chance.below(20) }, () => ({ type: 'a', payload }));
      const answer = await (isBatch
        ? this.#try('send_batch', { queue, events })
        : this.#try('send', { queue, type: 'a', payload }));
      const ids = (answer?.ok ?? []) as string | string[];
      for (const id of typeof ids === 'string' ? [ids] : ids) account.promised.add(id);
      await delay(5 + chance.below(60));
    }
  }

  /** Clients without a runtime: the runner is the loop. */
  async #consume(): Promise<void> {
    const { chance, account } = this.#options;
    while (!this.#isEnding) {
      const answer = await this.#try('receive', { queue, consumer: this.name, max_messages: 20 });
      const messages = (answer?.ok ?? []) as Delivered[];
      const [first] = messages;
      if (first) {
        const isFailed = chance.next() < 0.1;
        const nacks = isFailed ? messages.slice(0, 3).map(({ msg_id }) => ({ msg_id, retry_after_ms: 10 })) : [];
        const settled = await this.#try('settle', { batch_id: first.batch_id, nacks });
        const isNacked = new Set(nacks.map(({ msg_id: id }) => id));
        // Where nobody knows whether it was settled, it was done all the same.
        if (settled?.ok !== 0)
          for (const { msg_id: id } of messages) if (!isNacked.has(id)) account.noteDone(this.name, id);
      } else await delay(30);
    }
  }

  /** `undefined` when the process died. */
  async #try(op: string, args: object): Promise<Answer | undefined> {
    const answer = await this.#driver?.call(op, args).catch(() => undefined);
    if (!answer || answer.error) await delay(50);
    return answer;
  }

  #can(capability: string): boolean {
    return this.#hello?.capabilities.includes(capability) ?? false;
  }
}
