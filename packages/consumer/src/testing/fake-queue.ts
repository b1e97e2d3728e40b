/** An event in the memory of a fake. */
export interface FakeEvent {
  readonly id: bigint;
  readonly type: string | null;
  readonly data: string | null;
  readonly extras: readonly (string | null)[];
  readonly createdAt: number;
  readonly retry: number;
}

/** A retry or a delayed event that waits. */
export interface FakeLater {
  readonly event: FakeEvent;
  readonly dueAt: number;
  /** Whose retry it is; absent: a delayed event, for everybody. */
  readonly consumer?: string;
}

export interface FakeConsumer {
  /** Events up to this one were acknowledged or given back. */
  position: number;
  retries: FakeEvent[];
  batch: { readonly id: bigint; readonly events: readonly FakeEvent[]; readonly position: number } | undefined;
}

export interface FakeDeadLetter {
  readonly id: bigint;
  readonly consumer: string;
  readonly reason: string | null;
  readonly event: FakeEvent;
  readonly diedAt: number;
}

/** A queue in memory. What is committed is deliverable at once: a fake needs no ticks. */
export interface FakeQueue {
  readonly events: FakeEvent[];
  readonly consumers: Map<string, FakeConsumer>;
  later: FakeLater[];
  readonly dead: FakeDeadLetter[];
  maxRetries: number;
}

export function newQueue(): FakeQueue {
  return { events: [], consumers: new Map(), later: [], dead: [], maxRetries: 5 };
}
