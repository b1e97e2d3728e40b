/** An event of a batch, as the primitives of PgQ see it. */
export interface BatchEvent {
  /** The id that `send` returned. */
  readonly eventId: bigint;
  /** When it was sent. */
  readonly createdAt: Date;
  /** The transaction that sent it. */
  readonly transactionId: bigint;
  /** How often it was given back before; `null` on the first delivery. */
  readonly retryCount: number | null;
  readonly type: string | null;
  /** As in `Message`. */
  readonly payload: unknown;
  /** The text as it is stored; `null` for SQL NULL only. */
  readonly rawPayload: string | null;
  readonly extra1: string | null;
  readonly extra2: string | null;
  readonly extra3: string | null;
  readonly extra4: string | null;
}

/** A batch between two ticks. */
export interface BatchWindow {
  readonly batchId: bigint;
  readonly tickId: bigint;
  readonly previousTickId: bigint;
  readonly tickTime: Date;
  readonly previousTickTime: Date;
  /** Where the sequence of the events stood at the tick. */
  readonly tickEventSeq: bigint;
  readonly previousTickEventSeq: bigint;
}

/** What an open batch covers. */
export interface BatchInfo {
  readonly queue: string;
  readonly consumer: string;
  readonly batchStart: Date;
  readonly batchEnd: Date;
  readonly previousTickId: bigint;
  readonly tickId: bigint;
  /** Milliseconds since the end of the batch. */
  readonly lagMs: number;
  readonly seqStart: bigint;
  readonly seqEnd: bigint;
}

/** What the next batch must meet; `minCount` or `minIntervalMs` is enough when both are given. */
export interface BatchConditions {
  /** Milliseconds that its last tick must be old. @default none */
  readonly minLagMs?: number;
  /** Events that it must cover. @default none */
  readonly minCount?: number;
  /** Milliseconds that it must cover. @default none */
  readonly minIntervalMs?: number;
}
