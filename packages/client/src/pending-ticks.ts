/** What `tickPending` found and did. */
export interface PendingTicks {
  /** How many queues were ticked. */
  readonly ticked: number;
  /** Which, and the id of each tick. */
  readonly ticks: readonly { readonly queue: string; readonly tickId: bigint }[];
  /** Whether a transaction is open that may have sent events and will not ring. Asked only before a sleep. */
  readonly isOwed: boolean;
  /** Whether the next transaction that sends, nacks or delays something notifies `doorbellChannel`. */
  readonly isDoorbell: boolean;
  /** Milliseconds until the next retry or delayed event is due, negative when it is overdue; `null`: there is none. */
  readonly nextDueInMs: number | null;
}

/** The channel of the doorbell, for LISTEN. */
export const doorbellChannel = 'pgque:doorbell';
