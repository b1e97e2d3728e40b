import type { ArgumentsHost } from '@nestjs/common';
import type { HandlerContext } from '@pgque/consumer';
import type { Message } from 'pgque';

export const contextType = 'pgque';

/**
 * What a handler gets beside its message, what guards, interceptors and filters find with `getPgqueContext()`, and what
 * providers of request scope get as `REQUEST`.
 */
export interface PgqueContext<Tx = unknown> extends HandlerContext<Tx> {
  /** Name of the connection. */
  readonly connection: string;
  /** Name of the queue. */
  readonly queue: string;
  /** Name of the consumer. */
  readonly consumer: string;
  /** What the handler gets, before pipes; of a batch handler all that one call gets. */
  readonly messages: readonly Message[];
  /** The message, or `undefined` in a batch handler. */
  readonly message: Message | undefined;
}

/** Whether a guard, interceptor or filter was called for a message: `context.getType() === 'pgque'`. */
export function isPgqueContext(host: ArgumentsHost): boolean {
  return host.getType<string>() === contextType;
}

/** What the call is about, or `undefined` when it is about no message: an HTTP request, say. */
export function getPgqueContext(host: ArgumentsHost): PgqueContext | undefined {
  return isPgqueContext(host) ? host.getArgByIndex<PgqueContext>(1) : undefined;
}
