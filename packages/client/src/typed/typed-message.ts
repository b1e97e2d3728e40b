import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Message } from '../message.ts';
import type { EventSchemas, EventType, QueueDefinition, Validation } from './queue-definition.ts';

/** What the schema of a type makes of a payload: the payload that a handler gets. */
export type PayloadOutput<Schemas extends EventSchemas, Type extends EventType<Schemas>> = StandardSchemaV1.InferOutput<
  Schemas[Type]
>;

/** A message whose payload has been through the schema of its type. */
export type TypedMessage<Schemas extends EventSchemas, Type extends EventType<Schemas> = EventType<Schemas>> = {
  readonly [Each in Type]: Omit<Message, 'type' | 'payload'> & {
    readonly type: Each;
    readonly payload: PayloadOutput<Schemas, Each>;
  };
}[Type];

/**
 * Puts the payload of a received message through the schema of its type. Rejects with what the schema throws, which
 * says nothing about the payload.
 */
export async function parseMessage<Schemas extends EventSchemas>(
  definition: QueueDefinition<Schemas>,
  message: Pick<Message, 'type' | 'payload'>,
): Promise<Validation<PayloadOutput<Schemas, EventType<Schemas>>>> {
  const { type, payload } = message;
  if (type === null) return { ok: false, outcome: 'unknown', reason: 'the message has no type' };
  // That the definition may lack the type is one of the outcomes.
  return await definition.validate(type as EventType<Schemas>, payload);
}
