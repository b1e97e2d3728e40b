/** A queue at a glance; no events are counted for it. */
export interface QueueStats {
  readonly queue: string;
  readonly lastTickId: bigint;
  /** Milliseconds since the newest tick. */
  readonly tickerLagMs: number;
  /** Between the ticks of the last minutes; `null`: not known. */
  readonly eventsPerSecond: number | null;
  /** Sent since the newest tick, gaps of the event sequence included. */
  readonly untickedEventsEstimate: number;
  /** How many consumers are subscribed; members of cooperative consumers are none. */
  readonly consumers: number;
  /** The consumer whose position is oldest; `null`: there is none. */
  readonly slowestConsumer: string | null;
  readonly slowestLagMs: number | null;
  /** What the slowest consumer has not acknowledged, gaps of the event sequence included. */
  readonly pendingEventsEstimate: number | null;
  readonly retriesPending: number;
  readonly delayedPending: number;
  readonly deadLetters: number;
  /** Milliseconds since the event log rotated. */
  readonly rotationAgeMs: number;
  /** Size of the event log with its indexes. */
  readonly bytes: number;
}

/** Where a consumer stands; no events are counted for it. */
export interface ConsumerStats {
  readonly queue: string;
  /** Of a member of a cooperative consumer: `<consumer>.<member>`. */
  readonly consumer: string;
  /** Milliseconds: the age of its position while something is behind it, else 0. */
  readonly lagMs: number;
  /** Milliseconds since it last moved, opened a batch or was touched; `null`: never. */
  readonly lastSeenMs: number | null;
  /** `null`: a member that holds nothing. */
  readonly lastTickId: bigint | null;
  /** The open batch. */
  readonly batchId: bigint | null;
  readonly batchAgeMs: number | null;
  /** Gaps of the event sequence included. */
  readonly pendingEventsEstimate: number;
  readonly retriesPending: number;
  readonly deadLetters: number;
}

/** A batch that is open. */
export interface OpenBatch {
  readonly queue: string;
  readonly consumer: string;
  readonly batchId: bigint;
  readonly openedAt: Date;
  readonly ageMs: number;
  readonly previousTickId: bigint;
  readonly tickId: bigint;
  /** How many events it has. */
  readonly events: number;
}

/** A consumer that holds up its queue. */
export interface StuckConsumer {
  readonly queue: string;
  readonly consumer: string;
  /** `behind`: it moves, but what it has not acknowledged is older than the threshold. */
  readonly reason: 'batch open' | 'not reading' | 'behind';
  /** Milliseconds since its batch was opened, or since it has had something to read. */
  readonly stuckForMs: number;
  readonly lagMs: number;
  readonly lastSeenMs: number;
  readonly batchId: bigint | null;
  readonly pendingEventsEstimate: number;
  /** Whether the event log cannot rotate twice before it moves. */
  readonly holdsRotation: boolean;
  /** Size of the parts of the event log that it still needs. */
  readonly heldBytes: number;
}

/** Events between two points of time, from the ticks. */
export interface ThroughputBucket {
  readonly start: Date;
  /** Gaps of the event sequence included; `null`: the ticks of that time are gone. */
  readonly eventsEstimate: number | null;
  readonly eventsPerSecond: number | null;
}
