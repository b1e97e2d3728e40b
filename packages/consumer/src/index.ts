// For applications.

export type { Consumer } from './consumer.ts';
export { ConsumerError } from './consumer-error.ts';
export type { ConsumerHealth, ConsumerState } from './consumer-health.ts';
export type { ConsumerOptions, Mode } from './consumer-options.ts';
export { createConsumer } from './create-consumer.ts';
export type { Duration } from './duration.ts';
export type { BatchHandler, BatchHandlerOptions, Handler, HandlerContext, HandlerOptions } from './handling/handler.ts';
export { DeadLetterError, RetryLaterError } from './handling/verdict-errors.ts';
export { type ExponentialOptions, exponential } from './retry/exponential.ts';
export { fixed } from './retry/fixed.ts';
export { never } from './retry/never.ts';
export type { RetryDecision, RetryPolicy } from './retry/retry-policy.ts';
export { createTicker } from './ticker/create-ticker.ts';
export type { Ticker } from './ticker/ticker.ts';
export type { TickerHealth } from './ticker/ticker-health.ts';
export type { TickerOptions } from './ticker/ticker-options.ts';

// For other libraries.

export { Backoff } from './backoff.ts';
export { toMs } from './duration.ts';
export { newMemberName } from './source/member-source.ts';
export { flagsOfThread } from './thread-flags.ts';
export type { AnyQueue, EventTypeOf, MessageOf } from './typed-queue.ts';
