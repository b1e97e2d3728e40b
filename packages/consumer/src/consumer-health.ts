/**
 * Where a consumer is in its life.
 *
 *   idle -> starting -> standing-by | waiting | working | recovering -> stopping -> stopped
 *                    -> failed
 */
export type ConsumerState =
  /** Not started. */
  | 'idle'
  /** Looking for its queue and its subscription. */
  | 'starting'
  /** Another process reads for this consumer. */
  | 'standing-by'
  /** Nothing is left; it waits to be woken. */
  | 'waiting'
  /** It has a batch. */
  | 'working'
  /** The server does not answer, or refuses; it tries again and again. */
  | 'recovering'
  /** It takes no more and finishes what it has. */
  | 'stopping'
  | 'stopped'
  /** The start was refused; see the error. */
  | 'failed';

export interface ConsumerHealth {
  /** Whether messages are consumed, or would be if there were any. False while starting, recovering, stopped, not ticked. */
  readonly isHealthy: boolean;
  readonly state: ConsumerState;
  /** Since when it is in this state. */
  readonly since: Date;
  /** When the server last answered. */
  readonly lastAnswerAt: Date | null;
  /** What it is recovering from, or failed with. */
  readonly lastError: unknown;
  /** Whether notifications arrive; else it polls. */
  readonly isHearing: boolean;
  /** Whether something ticks the queue, without which nothing is delivered. Looked at once a minute while nothing comes. */
  readonly isTicked: boolean;
  /** Messages acknowledged, given back, and put to the dead letters since the start. */
  readonly acked: number;
  readonly retried: number;
  readonly dead: number;
}
