import type { AnyQueue, EventTypeOf, HandlerOptions, MessageOf } from '@pgque/consumer';
import type { Message, QueueDefinition } from 'pgque';
import type { PgqueContext } from '../handling/pgque-context.ts';
import { addHandler, type MethodDecoration } from './add-handler.ts';

/** A decorator of methods that take this. Whatever `Tx` a method says its context has, it may say. */
export type HandlerDecorator<Received> = <Method extends (message: Received, context: PgqueContext<never>) => unknown>(
  prototype: object,
  name: string,
  descriptor: TypedPropertyDescriptor<Method>,
) => void;

/** The method handles events of a type, or with `'*'` those that no other handler of the consumer takes. */
export function PgqueHandler(type: string, options?: HandlerOptions): HandlerDecorator<Message>;
/** The same, typed by the definition of the queue: only its events, and their payloads. */
export function PgqueHandler<Queue extends QueueDefinition, const Type extends EventTypeOf<Queue>>(
  queue: Queue,
  type: Type,
  options?: HandlerOptions,
): HandlerDecorator<MessageOf<Queue, Type>>;
export function PgqueHandler(
  queueOrType: AnyQueue,
  typeOrOptions?: string | HandlerOptions,
  options?: HandlerOptions,
): MethodDecoration {
  return addHandler('single', queueOrType, typeOrOptions, options);
}
