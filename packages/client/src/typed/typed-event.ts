import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { BatchedEvent, DelayedEvent, Event } from '../event.ts';
import type { EventSchemas, EventType } from './queue-definition.ts';

/** What the schema of a type takes: the payload to send. */
export type PayloadInput<Schemas extends EventSchemas, Type extends EventType<Schemas>> = StandardSchemaV1.InferInput<
  Schemas[Type]
>;

/** One of the events of a definition; the type decides what the payload is. */
type Typed<Schemas extends EventSchemas, Base> = {
  readonly [Type in EventType<Schemas>]: Omit<Base, 'type' | 'payload'> & {
    readonly type: Type;
    readonly payload: PayloadInput<Schemas, Type>;
  };
}[EventType<Schemas>];

/** What `send` takes with a definition. */
export type TypedEvent<Schemas extends EventSchemas> = Typed<Schemas, Event>;

/** What `sendBatch` takes with a definition. */
export type TypedBatchedEvent<Schemas extends EventSchemas> = Typed<Schemas, BatchedEvent>;

/** What `sendAt` takes with a definition. */
export type TypedDelayedEvent<Schemas extends EventSchemas> = Typed<Schemas, DelayedEvent>;
