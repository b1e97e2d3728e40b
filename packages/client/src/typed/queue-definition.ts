import type { StandardSchemaV1 } from '@standard-schema/spec';
import { InvalidArgumentError } from '../errors/engine-errors.ts';
import { describeIssues, type Issue } from './issues.ts';

/** Types of events with the schema of their payload: of zod, valibot, arktype, or whatever speaks Standard Schema. */
export type EventSchemas = Readonly<Record<string, StandardSchemaV1>>;

/** The types of events that a definition knows. */
export type EventType<Schemas extends EventSchemas> = keyof Schemas & string;

/** What a payload came to: what its schema made of it, or the reason why not. */
export type Validation<Payload = unknown> =
  | { readonly ok: true; readonly payload: Payload }
  | { readonly ok: false; readonly outcome: 'invalid'; readonly reason: string; readonly issues: readonly Issue[] }
  | { readonly ok: false; readonly outcome: 'unknown'; readonly reason: string };

/** A queue with what may be sent to it; made by `defineQueue`. It stands wherever the name of a queue does. */
export interface QueueDefinition<Schemas extends EventSchemas = EventSchemas> {
  readonly name: string;
  readonly schemas: Schemas;
  /**
   * Looks at a payload by the schema of its type. A type that the definition lacks has the outcome `unknown`. A promise
   * only if the schema validates asynchronously.
   */
  validate<Type extends EventType<Schemas>>(
    type: Type,
    payload: unknown,
  ): MaybePromise<Validation<StandardSchemaV1.InferOutput<Schemas[Type]>>>;
}

type MaybePromise<Value> = Value | Promise<Value>;

/** What takes the name of a queue takes its definition as well. */
export type QueueName = string | QueueDefinition;

export function nameOf(queue: QueueName): string;
export function nameOf(queue: QueueName | null): string | null;
export function nameOf(queue: QueueName | null): string | null {
  return typeof queue === 'object' ? (queue?.name ?? null) : queue;
}

/** Names a queue and says which events it holds: `defineQueue('orders', { 'order.created': schema })`. */
export function defineQueue<const Schemas extends EventSchemas>(
  name: string,
  schemas: Schemas,
): QueueDefinition<Schemas> {
  for (const [type, schema] of Object.entries(schemas)) requireSchema(type, schema);
  return Object.freeze({
    name,
    schemas,
    validate(type: string, payload: unknown): MaybePromise<Validation<never>> {
      const schema = Object.hasOwn(schemas, type) ? schemas[type] : undefined;
      if (!schema) return { ok: false, outcome: 'unknown', reason: `queue ${name} has no event ${type}` };
      const result = schema['~standard'].validate(payload);
      if (result instanceof Promise) return result.then((settled) => toValidation(type, settled));
      return toValidation(type, result);
    },
  });
}

function toValidation(type: string, result: StandardSchemaV1.Result<unknown>): Validation<never> {
  if (!result.issues) return { ok: true, payload: result.value as never };
  const reason = `the payload is no ${type}: ${describeIssues(result.issues)}`;
  return { ok: false, outcome: 'invalid', reason, issues: result.issues };
}

function requireSchema(type: string, schema: StandardSchemaV1 | undefined): void {
  if (typeof schema?.['~standard']?.validate === 'function') return;
  throw new InvalidArgumentError('invalid_argument', `the schema of ${type} does not speak Standard Schema`, {
    hint: 'Take a schema of zod, valibot or arktype, or any other object with "~standard".',
  });
}
