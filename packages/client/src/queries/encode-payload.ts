import { InvalidArgumentError } from '../errors/engine-errors.ts';

/** The JSON text that is stored. */
export function encodePayload(payload: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(payload);
  } catch (error) {
    throw new InvalidArgumentError('invalid_argument', `the payload has no JSON form: ${reasonOf(error)}`, {
      hint: 'Pass bigints as strings, and values without cycles.',
      cause: error,
    });
  }
  if (text !== undefined) return text;
  throw new InvalidArgumentError('invalid_argument', `the payload is ${typeof payload}, which has no JSON form`, {
    hint: 'Send an object with a payload: send(queue, { type, payload }). Nothing is written as null.',
  });
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
