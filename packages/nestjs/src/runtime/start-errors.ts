import { ConsumerNotRegisteredError, PermissionDeniedError, QueueNotFoundError } from 'pgque';
import { PgqueModuleError } from '../pgque-module-error.ts';
import { queueNotFound } from '../queue/open-queue.ts';
import type { ConsumerPlan } from './consumer-plan.ts';

/** Why a consumer does not start, with the class that it is about and what to do. */
export function consumerNotStarted(
  { classNames, queue, name, connection }: ConsumerPlan,
  cause: unknown,
): PgqueModuleError {
  const who = classNames.join(', ');
  if (cause instanceof QueueNotFoundError) return queueNotFound(who, queue, connection, cause);
  if (cause instanceof ConsumerNotRegisteredError) {
    return new PgqueModuleError(
      'not_subscribed',
      `${who}: consumer ${name} is not subscribed to queue ${queue}. Say where a new one begins, ` +
        `@PgqueConsumer({ …, startAt: 'earliest' }) or 'latest', or subscribe it in a migration`,
      { cause },
    );
  }
  return new PgqueModuleError(
    'consumer_not_started',
    `${who}: consumer ${name} of queue ${queue} does not start: ${sayWhy(cause)}`,
    { cause },
  );
}

export function tickerNotStarted(connection: string, cause: unknown): PgqueModuleError {
  const advice =
    cause instanceof PermissionDeniedError
      ? '. Grant the role pgque_admin, or leave ticking to another process, PgqueModule.forRoot({ …, ticker: false })'
      : '';
  return new PgqueModuleError(
    'ticker_not_started',
    `the ticker of the connection '${connection}' does not start: ${sayWhy(cause)}${advice}`,
    { cause },
  );
}

function sayWhy(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
