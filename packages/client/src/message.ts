/** What `receive` returns. */
export interface Message {
  /** The id that `send` returned. */
  readonly msgId: bigint;
  /** The batch it belongs to; the same for all messages of one `receive`. */
  readonly batchId: bigint;
  readonly type: string | null;
  /**
   * The JSON value. Where the stored text is no JSON it is that text, and then `payload === rawPayload`, which a parsed
   * value never is. `null` for JSON null and for SQL NULL.
   */
  readonly payload: unknown;
  /** The text as it is stored; `null` for SQL NULL only. */
  readonly rawPayload: string | null;
  /** How often it was given back before; `null` on the first delivery. */
  readonly retryCount: number | null;
  /** When it was sent. */
  readonly createdAt: Date;
  readonly extra1: string | null;
  readonly extra2: string | null;
  readonly extra3: string | null;
  readonly extra4: string | null;
}

/** A message that is given back. */
export interface Nack {
  readonly msgId: bigint;
  /** Milliseconds until it is delivered again. @default 60_000 */
  readonly retryAfterMs?: number;
  /** Kept with the dead letter, at once or when it was retried often enough. @default none */
  readonly reason?: string;
  /** Whether it goes to the dead letters now instead of being retried. @default false */
  readonly dead?: boolean;
}

export type NackOptions = Omit<Nack, 'msgId'>;
