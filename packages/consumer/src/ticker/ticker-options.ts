import type { Duration } from '../duration.ts';

export interface TickerOptions {
  /** Shortest pause between two ticks while events flow. @default '1ms' */
  readonly minInterval?: Duration;
  /** Longest pause while nobody rings: when the server does not ring at all, see `TickerHealth.isRung`. @default '50ms' */
  readonly maxInterval?: Duration;
  /** How often the others try to take over. @default '1s' */
  readonly standbyInterval?: Duration;
  /** How often the logs are rotated while events flow. @default '5s' */
  readonly maintInterval?: Duration;
}
