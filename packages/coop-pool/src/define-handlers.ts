import type { AnyQueue, EventTypeOf, MessageOf } from '@pgque/consumer';
import type { Message } from 'pgque';

/** What a handler in a thread gets beside its message. */
export interface ThreadContext {
  /**
   * Aborted when the handler has no time left: at its timeout, at the end of a stop, or when another process has its message.
   * A handler that goes on regardless loses its thread.
   */
  readonly signal: AbortSignal;
}

export type ThreadHandler<Received = Message> = (message: Received, context: ThreadContext) => unknown;

/** Handlers by the type of event; `'*'` takes what no other does. */
export type ThreadHandlers<Queue extends AnyQueue = string> = {
  readonly [Type in EventTypeOf<Queue> | '*']?: ThreadHandler<MessageOf<Queue, Type>>;
};

export interface HandlersOptions {
  /** Called in each thread before it ends in peace, such as at a stop: closes what the module has opened. @default nothing */
  readonly close?: () => unknown;
}

/** What a file of handlers exports, as `handlers` or as its default. */
export interface HandlersModule {
  readonly handlers: Readonly<Record<string, ThreadHandler<never>>>;
  readonly close: (() => unknown) | undefined;
}

/**
 * The handlers of a file that each thread of a pool loads: `export const handlers = defineHandlers({ … })`. With the
 * definition of the queue, `defineHandlers<typeof images>({ … })`, they are typed by it.
 */
export function defineHandlers<const Queue extends AnyQueue = string>(
  handlers: ThreadHandlers<Queue>,
  options: HandlersOptions = {},
): HandlersModule {
  return { handlers: handlers as HandlersModule['handlers'], close: options.close };
}
