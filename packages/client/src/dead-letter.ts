/** A message that was given back too often, or was sent here at once. */
export interface DeadLetter {
  /** What `dlq.replay` takes. */
  readonly deadLetterId: bigint;
  /** When it came here. */
  readonly diedAt: Date;
  readonly reason: string | null;
  readonly consumer: string | null;
  /** The id that `send` returned. */
  readonly msgId: bigint;
  /** When it was sent. */
  readonly createdAt: Date;
  /** How often it was given back before; `null` when it came here from its first delivery. */
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

/** What became of the dead letters of a queue. */
export interface ReplayResult {
  /** How many were sent again. */
  readonly replayed: number;
  /** How many could not be sent and stayed. */
  readonly failed: number;
  /** Why the first of these failed, for people. */
  readonly firstError: string | null;
}
