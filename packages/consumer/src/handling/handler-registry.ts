import { InvalidArgumentError } from 'pgque';
import { toMs } from '../duration.ts';
import type { RetryPolicy } from '../retry/retry-policy.ts';
import type { BatchHandler, BatchHandlerOptions, Handler } from './handler.ts';

/** A handler as it is run. */
export type Registered = {
  readonly retry: RetryPolicy;
  readonly timeoutMs: number | undefined;
} & (
  | { readonly kind: 'single'; readonly handle: Handler<never, never> }
  | { readonly kind: 'batch'; readonly handle: BatchHandler<never, never>; readonly maxMessages: number }
);

/** The handlers of a consumer by the type of event; `*` takes what no other does. */
export class HandlerRegistry {
  readonly #handlers = new Map<string, Registered>();
  readonly #defaults: { readonly retry: RetryPolicy; readonly timeoutMs: number | undefined };

  constructor(defaults: { readonly retry: RetryPolicy; readonly timeoutMs: number | undefined }) {
    this.#defaults = defaults;
  }

  get types(): string[] {
    return [...this.#handlers.keys()];
  }

  addSingle(type: string, handle: Handler<never, never>, options: BatchHandlerOptions): void {
    this.#add(type, { kind: 'single', handle, ...this.#shared(options) });
  }

  addBatch(type: string, handle: BatchHandler<never, never>, options: BatchHandlerOptions): void {
    const maxMessages = options.maxMessages ?? Number.POSITIVE_INFINITY;
    if (!(maxMessages >= 1)) throw new InvalidArgumentError('invalid_argument', 'maxMessages must be at least 1');
    this.#add(type, { kind: 'batch', handle, maxMessages, ...this.#shared(options) });
  }

  find(type: string | null): Registered | undefined {
    return (type === null ? undefined : this.#handlers.get(type)) ?? this.#handlers.get('*');
  }

  #shared({ retry, timeout }: BatchHandlerOptions) {
    return {
      retry: retry ?? this.#defaults.retry,
      timeoutMs: timeout === undefined ? this.#defaults.timeoutMs : toMs(timeout, 'timeout'),
    };
  }

  #add(type: string, handler: Registered): void {
    if (typeof handler.handle !== 'function') {
      throw new InvalidArgumentError('invalid_argument', `the handler for "${type}" is no function`);
    }
    if (this.#handlers.has(type)) {
      throw new InvalidArgumentError('invalid_argument', `there is a handler for "${type}" already`, {
        hint: 'A type has one handler: call the other from it, or use a consumer of another name, which sees every event too.',
      });
    }
    this.#handlers.set(type, handler);
  }
}
