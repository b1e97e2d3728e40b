/** The settings of a queue. */
export interface QueueConfig {
  /** Events after which a tick is due. @default 500 */
  readonly tickerMaxCount: number;
  /** Milliseconds after which a tick is due when there are events. @default 3_000 */
  readonly tickerMaxLagMs: number;
  /** Milliseconds after which a tick is due when there are none. @default 60_000 */
  readonly tickerIdlePeriodMs: number;
  /** Whether the queue is not ticked; events are kept. @default false */
  readonly tickerPaused: boolean;
  /** Whether ticks come from elsewhere, by `externalTick`. @default false */
  readonly externalTicker: boolean;
  /** Milliseconds between rotations of the event log. @default 7_200_000 */
  readonly rotationPeriodMs: number;
  /** Redeliveries until a message goes to the dead letters. @default 5 */
  readonly maxRetries: number;
  /**
   * Milliseconds that a consumer may have something to read before rotation moves it past what it holds, and its events
   * are lost to it; `health()` names it. `null` is never. @default null
   */
  readonly maxConsumerLagMs: number | null;
  /** Whether nothing can be sent. @default false */
  readonly disableInsert: boolean;
}

/** Settings to change; `null` sets the default again. */
export type QueueConfigChange = { readonly [Setting in keyof QueueConfig]?: QueueConfig[Setting] | null };
