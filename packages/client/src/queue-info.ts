/** A queue with its settings and rates. */
export interface QueueInfo {
  readonly queue: string;
  /** Tables that its events rotate through. */
  readonly tableCount: number;
  /** The one that takes events now. */
  readonly currentTable: number;
  readonly rotationPeriodMs: number;
  /** When rotation came to the current table. */
  readonly switchTime: Date;
  readonly externalTicker: boolean;
  readonly tickerPaused: boolean;
  readonly tickerMaxCount: number;
  readonly tickerMaxLagMs: number;
  readonly tickerIdlePeriodMs: number;
  /** Milliseconds since the newest tick. */
  readonly tickerLagMs: number;
  /** Over the ticks of the last minutes; `null`: not known. */
  readonly eventsPerSecond: number | null;
  /** Events that no tick has seen. */
  readonly newEvents: number;
  readonly lastTickId: bigint;
}

/** Where a consumer stands. */
export interface ConsumerInfo {
  readonly queue: string;
  /** Of a member of a cooperative consumer: `<consumer>.<member>`. */
  readonly consumer: string;
  /** Milliseconds: the age of its position. `null`: a member that never had a batch. */
  readonly lagMs: number | null;
  /** Milliseconds since it last moved or opened a batch. `null`: never. */
  readonly lastSeenMs: number | null;
  /** `null`: a member that never had a batch. */
  readonly lastTickId: bigint | null;
  /** The open batch. */
  readonly currentBatchId: bigint | null;
  /** The tick at which the open batch ends. */
  readonly nextTickId: bigint | null;
  /** Events that it has not acknowledged. */
  readonly pendingEvents: number;
}

/** One part of the install. */
export interface ComponentStatus {
  readonly component: string;
  /** For example info, scheduled, stopped or unavailable. */
  readonly status: string;
  readonly detail: string;
}
