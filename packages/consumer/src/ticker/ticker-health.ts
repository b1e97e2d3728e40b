export interface TickerHealth {
  /** Whether this process ticks or stands by for the one that does. */
  readonly isHealthy: boolean;
  /** `leading`: it ticks. `standing-by`: another process does. `recovering`: the server does not answer. */
  readonly state: 'idle' | 'connecting' | 'leading' | 'standing-by' | 'recovering' | 'stopped';
  /** When the server last answered. */
  readonly lastAnswerAt: Date | null;
  /** What it is recovering from. */
  readonly lastError: unknown;
  /** Whether producers wake it. Not with `max_prepared_transactions` above 0; then it looks every `maxInterval`. */
  readonly isRung: boolean;
  /** Queues ticked since the start, counted each time. */
  readonly ticked: number;
}
