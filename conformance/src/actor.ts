import type { Answer, DriverEvent, DriverProcess } from './driver-process.ts';
import { findDifference, show } from './match.ts';

/** How long anything that must come may take on a busy machine; less where failures are what is looked for. */
export const patienceMs = Number(process.env['PGQUE_CONFORMANCE_PATIENCE_MS'] ?? 45_000);

/** A driver in a case: what it has said and nobody has asked for yet. */
export class Actor {
  readonly driver: DriverProcess;
  readonly #inbox: DriverEvent[] = [];
  readonly #all: DriverEvent[] = [];
  #arrived = Promise.withResolvers<void>();

  constructor(driver: DriverProcess, onEvent: (event: DriverEvent) => void) {
    this.driver = driver;
    driver.onEvent = (event) => {
      onEvent(event);
      this.#inbox.push(event);
      this.#all.push(event);
      this.#arrived.resolve();
      this.#arrived = Promise.withResolvers();
    };
  }

  call(op: string, args: object): Promise<Answer> {
    return withPatience(this.driver.call(op, args), `an answer to ${op}`);
  }

  /** Takes the first event that fits out of those that came, or waits for it. */
  async take(pattern: Readonly<Record<string, unknown>>): Promise<DriverEvent> {
    const deadline = performance.now() + patienceMs;
    for (;;) {
      const arrival = this.#arrived.promise;
      const at = this.#inbox.findIndex((event) => findDifference(event, pattern) === undefined);
      if (at >= 0) return this.#inbox.splice(at, 1)[0] as DriverEvent;
      const hasArrived = await within(deadline - performance.now(), Promise.race([arrival, this.driver.exited]));
      if (!hasArrived) throw new Error(`waited in vain for ${show(pattern)}; there were ${show(this.#inbox)}`);
      if (this.driver.hasExited && !this.#inbox.some((event) => findDifference(event, pattern) === undefined)) {
        throw new Error(`the driver ended before ${show(pattern)}: ${this.driver.log.slice(-8).join('\n')}`);
      }
    }
  }

  /** Whether such an event came at any time. */
  has(pattern: Readonly<Record<string, unknown>>): boolean {
    return this.#all.some((event) => findDifference(event, pattern) === undefined);
  }
}

export async function withPatience<Value>(promise: Promise<Value>, what: string): Promise<Value> {
  let value: { readonly value: Value } | undefined;
  await within(
    patienceMs,
    promise.then((got) => {
      value = { value: got };
    }),
  );
  if (!value) throw new Error(`waited in vain for ${what}`);
  return value.value;
}

/** Whether it settled in time; a rejection is the caller's. */
async function within(ms: number, promise: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), Math.max(0, ms));
  });
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
