import type { ToThread } from './heartbeat-messages.ts';

/** Who sends the beats. */
export interface Beater {
  post(message: ToThread): void;
  /** Once the signal is aborted, nothing is waited for. */
  close(over: AbortSignal): Promise<void>;
}
