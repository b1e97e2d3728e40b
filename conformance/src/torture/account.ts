/** A time at which something was broken on purpose. */
export interface Disturbance {
  readonly at: number;
  readonly what: string;
}

/** What the run is judged by: what was promised to senders, what was committed, and what handlers have done. */
export class Account {
  /** Ids that a client has answered to whoever sent. */
  readonly promised = new Set<string>();
  /** Ids that the auditor has seen: what was committed. */
  readonly committed = new Set<string>();
  readonly disturbances: Disturbance[] = [];
  /** By subscription and id: when a handler has returned, or a batch with it was settled. */
  readonly #done = new Map<string, Map<string, number[]>>();
  readonly #dead = new Map<string, Set<string>>();

  addSubscription(name: string): void {
    this.#done.set(name, new Map());
    this.#dead.set(name, new Set());
  }

  noteDone(subscription: string, id: string): void {
    const times = this.#done.get(subscription);
    times?.set(id, [...(times.get(id) ?? []), performance.now()]);
  }

  noteDead(subscription: string, id: string): void {
    this.#dead.get(subscription)?.add(id);
  }

  noteDisturbance(what: string): void {
    this.disturbances.push({ at: performance.now(), what });
  }

  get done(): number {
    return [...this.#done.values()].reduce((sum, times) => sum + times.size, 0);
  }

  /** How far the slowest subscription is behind. */
  get backlog(): number {
    const left = [...this.#done].map(
      ([name, times]) => this.committed.size - times.size - (this.#dead.get(name)?.size ?? 0),
    );
    return Math.max(0, ...left);
  }

  get repeats(): number {
    return this.#repeats().length;
  }

  /** What does not balance. A repeat counts when nothing was broken between the two, or shortly before the first. */
  findFaults(graceMs: number): string[] {
    const faults = [...this.promised]
      .filter((id) => !this.committed.has(id))
      .map((id) => `${id} was promised and is not there`);
    for (const [subscription, times] of this.#done) {
      const dead = this.#dead.get(subscription);
      const lost = [...this.committed].filter((id) => !times.has(id) && !dead?.has(id));
      faults.push(...lost.map((id) => `${subscription}: ${id} was lost`));
      const phantoms = [...times.keys()].filter((id) => !this.committed.has(id));
      faults.push(...phantoms.map((id) => `${subscription}: ${id} was handled and never committed`));
    }
    for (const { subscription, id, first, second } of this.#repeats()) {
      const isExcused = this.disturbances.some(({ at }) => at > first - graceMs && at < second);
      if (!isExcused) faults.push(`${subscription}: ${id} was handled twice, and nothing was broken`);
    }
    return faults;
  }

  #repeats(): { subscription: string; id: string; first: number; second: number }[] {
    return [...this.#done].flatMap(([subscription, byId]) =>
      [...byId].flatMap(([id, times]) =>
        times.slice(1).map((second, at) => ({ subscription, id, first: times[at] ?? 0, second })),
      ),
    );
  }
}
