import type { EventSchemas, EventType, Message, QueueDefinition, TypedMessage } from 'pgque';

/** A queue by name, or by its definition. */
export type AnyQueue = string | QueueDefinition;

/** The types of events that a handler can be for. */
export type EventTypeOf<Queue extends AnyQueue> =
  Queue extends QueueDefinition<infer Schemas extends EventSchemas> ? EventType<Schemas> | '*' : string;

/** What a handler for a type gets. */
export type MessageOf<Queue extends AnyQueue, Type> =
  Queue extends QueueDefinition<infer Schemas extends EventSchemas>
    ? Type extends EventType<Schemas>
      ? TypedMessage<Schemas, Type>
      : Message
    : Message;
