import type { AnyQueue, BatchHandlerOptions, EventTypeOf, MessageOf } from '@pgque/consumer';
import type { Message, QueueDefinition } from 'pgque';
import { addHandler, type MethodDecoration } from './add-handler.ts';
import type { HandlerDecorator } from './pgque-handler.ts';

/** The method handles all events of a type that a batch has with one call; see `onBatch` of `@pgque/consumer`. */
export function PgqueBatchHandler(type: string, options?: BatchHandlerOptions): HandlerDecorator<readonly Message[]>;
/** The same, typed by the definition of the queue. */
export function PgqueBatchHandler<Queue extends QueueDefinition, const Type extends EventTypeOf<Queue>>(
  queue: Queue,
  type: Type,
  options?: BatchHandlerOptions,
): HandlerDecorator<readonly MessageOf<Queue, Type>[]>;
export function PgqueBatchHandler(
  queueOrType: AnyQueue,
  typeOrOptions?: string | BatchHandlerOptions,
  options?: BatchHandlerOptions,
): MethodDecoration {
  return addHandler('batch', queueOrType, typeOrOptions, options);
}
