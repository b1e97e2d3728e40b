import type { Message } from 'pgque';
import type { Duration } from '../duration.ts';
import type { RetryPolicy } from '../retry/retry-policy.ts';

/** What a handler gets beside its message. */
export interface HandlerContext<Tx = unknown> {
  /**
   * Aborted when the handler has no time left: at its timeout, at the end of a stop, or when another process has taken its
   * messages over. Whatever it does afterwards does not count.
   */
  readonly signal: AbortSignal;
  /** In the mode `exactly-once` the transaction that also acknowledges the message; else `undefined`. */
  readonly tx: Tx;
}

export type Handler<Received = Message, Tx = unknown> = (message: Received, context: HandlerContext<Tx>) => unknown;

/**
 * Handles several messages of a type at once. Nothing returned: all are done. To say more, return what
 * `Promise.allSettled` makes: one result for each message, in their order.
 */
export type BatchHandler<Received = Message, Tx = unknown> = (
  messages: readonly Received[],
  context: HandlerContext<Tx>,
) => BatchResults | Promise<BatchResults>;

// biome-ignore lint/suspicious/noConfusingVoidType: what a function without a return statement returns
type BatchResults = readonly PromiseSettledResult<unknown>[] | undefined | void;

export interface HandlerOptions {
  /** When a message comes back after its handler threw. @default that of the consumer */
  readonly retry?: RetryPolicy;
  /** How long an attempt may take; then its signal is aborted and the message is retried. @default that of the consumer */
  readonly timeout?: Duration;
}

export interface BatchHandlerOptions extends HandlerOptions {
  /** Messages that one call gets at most. @default all of the batch */
  readonly maxMessages?: number;
}
