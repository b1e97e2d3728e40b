import type { ConnectOptions } from './connect-options.ts';
import type { Instrumentation } from './instrumentation.ts';
import type { Logger } from './logger.ts';

/** What every client takes, whatever it stands on. */
export interface ClientOptions {
  /**
   * Whether `send` calls outside a transaction that are in flight at once travel together: up to 1,000 events or 1 MiB of
   * one queue in a statement. @default true
   */
  readonly gatherSends?: boolean;
  /**
   * Where LISTEN, heartbeats and the election of a ticker connect, which need a session of their own: the server itself,
   * when the rest goes through a pooler. @default of `connect()` the same address, else none, and consumers poll
   */
  readonly direct?: string | ConnectOptions;
  /** @default traces nothing */
  readonly instrumentation?: Instrumentation;
  /** @default warnings and errors go to the console */
  readonly logger?: Logger;
  /** Milliseconds that `close()` waits for calls in flight. @default 10_000 */
  readonly closeTimeoutMs?: number;
}
