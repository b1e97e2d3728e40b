import { InvalidArgumentError } from '../errors/engine-errors.ts';
import { InvalidPayloadError } from '../errors/payload-errors.ts';
import type { QueueDefinition, QueueName, Validation } from '../typed/queue-definition.ts';
import type { OutgoingEvent } from './outgoing-event.ts';

/**
 * Puts payloads through the schemas of their definition, if there is one, in the form in which they will arrive. What the
 * schemas make of them is thrown away: the input is what is stored, and whoever receives it validates it again, so that
 * a transformation happens once. A promise only if a schema validates asynchronously.
 */
export function checkPayloads(queue: QueueName, events: readonly OutgoingEvent[]): Promise<void> | undefined {
  if (typeof queue === 'string') return undefined;
  const validations = events.map((event) => validate(queue, event));
  if (!validations.some((validation) => validation instanceof Promise)) {
    requireValid(queue, validations as Validation[]);
    return undefined;
  }
  return Promise.all(validations).then((settled) => requireValid(queue, settled));
}

/** A schema that throws fails its own call only, after the others have been looked at. */
function validate(queue: QueueDefinition, { type, payload }: OutgoingEvent): Validation | Promise<Validation> {
  try {
    return queue.validate(type, JSON.parse(payload));
  } catch (error) {
    return Promise.reject(error);
  }
}

function requireValid({ schemas }: QueueDefinition, validations: readonly Validation[]): void {
  for (const [index, validation] of validations.entries()) {
    if (validation.ok) continue;
    const message = validations.length > 1 ? `event ${index} of the batch: ${validation.reason}` : validation.reason;
    if (validation.outcome === 'invalid') throw new InvalidPayloadError(message, validation.issues);
    const hint = `The definition has ${Object.keys(schemas).join(', ')}.`;
    throw new InvalidArgumentError('invalid_argument', message, { hint });
  }
}
