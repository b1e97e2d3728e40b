import type { Answer, DriverEvent } from './driver-process.ts';

/** A consumer of a queue, as the engine names it. */
type Subject = string;

interface Receipt {
  readonly batch_id: string;
  readonly msg_id: string;
  readonly retry_count: number | null;
}

interface Holder {
  readonly subject: Subject;
  readonly isOrdered: boolean;
}

/** What came over the wire in a case: which messages were delivered to whom, and which handlers have returned. */
export class Ledger {
  readonly delivered = new Map<Subject, Set<string>>();
  /** How often a handler has returned for a message. */
  readonly handled = new Map<Subject, Map<string, number>>();
  readonly disorder: string[] = [];
  /** The consumers that a runtime has run. */
  readonly runtimes = new Set<Subject>();
  readonly #holders = new Map<string, Holder>();
  readonly #calls = new Map<string, { readonly subject: Subject; readonly msgId: string }>();
  readonly #newest = new Map<string, bigint>();

  noteCall(actor: string, op: string, args: Readonly<Record<string, unknown>>): void {
    if (op !== 'consumer_start') return;
    const subject = subjectOf(args['queue'], args['name']);
    this.runtimes.add(subject);
    this.#holders.set(`${actor} ${args['handle']}`, { subject, isOrdered: Number(args['concurrency'] ?? 1) === 1 });
  }

  noteAnswer(op: string, args: Readonly<Record<string, unknown>>, { ok }: Answer): void {
    if (op !== 'receive' && op !== 'receive_coop') return;
    const subject = subjectOf(args['queue'], args['consumer']);
    const holder = `${subject} ${args['subconsumer'] ?? ''}`;
    for (const receipt of (ok as Receipt[] | undefined) ?? []) this.#deliver(subject, holder, receipt);
  }

  noteEvent(actor: string, { event, handle, call, message, do: how }: DriverEvent): void {
    const key = `${actor} ${call}`;
    if (event === 'handler_enter') {
      const holder = this.#holders.get(`${actor} ${handle}`);
      if (!holder) return;
      const receipt = message as Receipt;
      this.#calls.set(key, { subject: holder.subject, msgId: receipt.msg_id });
      this.#deliver(holder.subject, holder.isOrdered ? `${actor} ${handle}` : undefined, receipt);
    } else if (event === 'handler_exit' && (how === 'ok' || how === 'busy_loop')) {
      const entered = this.#calls.get(key);
      if (!entered) return;
      const counts = getOrAdd(this.handled, entered.subject, () => new Map<string, number>());
      counts.set(entered.msgId, (counts.get(entered.msgId) ?? 0) + 1);
    }
  }

  #deliver(subject: Subject, holder: string | undefined, { msg_id: msgId, retry_count: retries }: Receipt): void {
    const seen = getOrAdd(this.delivered, subject, () => new Set<string>());
    if (!seen.has(msgId) && retries === null && holder !== undefined) this.#judgeOrder(holder, BigInt(msgId));
    seen.add(msgId);
  }

  #judgeOrder(holder: string, id: bigint): void {
    const newest = this.#newest.get(holder) ?? 0n;
    if (id < newest) this.disorder.push(`${holder}: ${id} came after ${newest}`);
    else this.#newest.set(holder, id);
  }
}

export function subjectOf(queue: unknown, consumer: unknown): Subject {
  return `${queue}/${consumer}`;
}

function getOrAdd<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}
