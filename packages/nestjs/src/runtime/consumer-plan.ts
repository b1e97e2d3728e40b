import type { PgqueConsumerOptions } from '../decorators/pgque-consumer.ts';
import type { HandlerMethod } from '../handling/handler-method.ts';

/** A consumer to be made: what one class says, or several classes together. */
export interface ConsumerPlan {
  readonly connection: string;
  readonly queue: string;
  readonly name: string;
  /** Of the class that has more to say than which consumer it is of, if there is one. */
  readonly options: Omit<PgqueConsumerOptions, 'scope' | 'durable'>;
  readonly classNames: readonly string[];
  readonly handlers: readonly HandlerMethod[];
}
