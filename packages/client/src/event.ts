/** What `send` takes. */
export interface Event {
  /** What kind of event it is; consumers choose their handler by it. @default 'default' */
  readonly type?: string;
  /** Any JSON value. It is stored as the text that `JSON.stringify` makes of it. */
  readonly payload: unknown;
  /** A text beside the payload, for headers. @default none */
  readonly extra1?: string | null;
  /** @default none */
  readonly extra2?: string | null;
  /** @default none */
  readonly extra3?: string | null;
  /** @default none */
  readonly extra4?: string | null;
}

/** What `sendBatch` takes: of the extras only the first. */
export type BatchedEvent = Pick<Event, 'type' | 'payload' | 'extra1'>;

/** What `sendAt` takes: it has no extras. */
export type DelayedEvent = Pick<Event, 'type' | 'payload'>;
