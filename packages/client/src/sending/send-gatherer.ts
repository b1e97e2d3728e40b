import { PgqueError, type PgqueErrorCode } from '../errors/pgque-error.ts';
import { isBatchable, type OutgoingEvent } from './outgoing-event.ts';

/** How one event, and how several at once, reach the server. */
export interface Carrier {
  send(queue: string, event: OutgoingEvent): Promise<bigint>;
  sendBatch(queue: string, events: readonly OutgoingEvent[]): Promise<bigint[]>;
}

interface Waiting {
  readonly event: OutgoingEvent;
  readonly resolve: (id: bigint) => void;
  readonly reject: (error: unknown) => void;
}

const maxGroupEvents = 1000;
const maxGroupCharacters = 1024 * 1024;

/**
 * What a group fails of before a single event is looked at: sent one by one they would fail the same. After a lost
 * connection or a timeout nobody knows whether the group was stored, and its events must not be sent twice.
 */
const failsAll: ReadonlySet<PgqueErrorCode> = new Set([
  'connection_failed',
  'connection_lost',
  'query_timeout',
  'client_closed',
  'queue_not_found',
  'insert_disallowed',
  'invalid_queue_name',
  'permission_denied',
  'engine_not_installed',
]);

/**
 * Lets events that are sent at once travel together. Nobody waits for company: a queue has one group under way, and what
 * comes meanwhile leaves as the next. So the order of the calls is kept, and a call that is alone goes at once.
 */
export class SendGatherer {
  readonly #carrier: Carrier;
  readonly #lines = new Map<string, Waiting[]>();
  #idle = Promise.withResolvers<void>();

  constructor(carrier: Carrier) {
    this.#carrier = carrier;
    this.#idle.resolve();
  }

  send(queue: string, event: OutgoingEvent): Promise<bigint> {
    return new Promise((resolve, reject) => {
      const waiting = { event, resolve, reject };
      const line = this.#lines.get(queue);
      if (line) {
        line.push(waiting);
        return;
      }
      if (this.#lines.size === 0) this.#idle = Promise.withResolvers<void>();
      const started = [waiting];
      this.#lines.set(queue, started);
      // Calls of the same turn come along.
      queueMicrotask(() => void this.#serve(queue, started));
    });
  }

  /** When nothing is under way. */
  idle(): Promise<void> {
    return this.#idle.promise;
  }

  async #serve(queue: string, line: Waiting[]): Promise<void> {
    while (line.length > 0) await this.#carry(queue, takeGroup(line));
    this.#lines.delete(queue);
    if (this.#lines.size === 0) this.#idle.resolve();
  }

  async #carry(queue: string, group: readonly Waiting[]): Promise<void> {
    if (group.length === 1) return await this.#carrySingly(queue, group);
    try {
      const ids = await this.#carrier.sendBatch(
        queue,
        group.map(({ event }) => event),
      );
      for (const [index, { resolve }] of group.entries()) resolve(ids[index] as bigint);
    } catch (error) {
      if (!(error instanceof PgqueError) || failsAll.has(error.code)) for (const { reject } of group) reject(error);
      else await this.#carrySingly(queue, group);
    }
  }

  async #carrySingly(queue: string, group: readonly Waiting[]): Promise<void> {
    for (const { event, resolve, reject } of group) await this.#carrier.send(queue, event).then(resolve, reject);
  }
}

/** Takes the longest beginning of the line that fits into one statement. */
function takeGroup(line: Waiting[]): Waiting[] {
  let characters = 0;
  let count = 0;
  for (const { event } of line) {
    characters += event.payload.length;
    if (count > 0 && (count === maxGroupEvents || characters > maxGroupCharacters || !isBatchable(event))) break;
    count += 1;
    if (!isBatchable(event)) break;
  }
  return line.splice(0, count);
}
