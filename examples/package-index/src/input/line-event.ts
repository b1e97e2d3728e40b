import type { BrokenInput, InputEvent } from './input-item.ts';
import { type JsonText, readJsonText } from './json-text.ts';
import type { Line } from './ndjson-lines.ts';
import { rawMembers } from './raw-members.ts';

/** The event of a line, what is wrong with the line, or `undefined` for a blank one. */
export function eventOfLine({ number, size, bytes }: Line): InputEvent | BrokenInput | undefined {
  const place = `line ${number}`;
  if (bytes === undefined) {
    return { place, problem: `has ${size.toLocaleString('en')} bytes, more than --max-line-bytes allows` };
  }
  const json = readJsonText(bytes, number === 1);
  if (json === undefined) return undefined;
  return 'problem' in json ? { place, problem: json.problem } : eventOf(json);
}

/**
 * An object of just "type" and "payload" is an event in an envelope. Any other value is a payload as a whole, so that
 * nothing of it is lost, under the type that its own "type" names.
 */
function eventOf({ value, text }: JsonText): InputEvent {
  if (typeof value !== 'object' || value === null || !('type' in value) || !isStorableType(value.type)) {
    return { type: 'default', payload: text };
  }
  if ('payload' in value) {
    const members = rawMembers(text);
    const payload = members.find(({ key }) => key === 'payload');
    if (members.length === 2 && payload) return { type: value.type, payload: payload.text };
  }
  return { type: value.type, payload: text };
}

/** PostgreSQL holds neither NUL nor half a surrogate pair in text; inside a payload both stay escaped. */
function isStorableType(type: unknown): type is string {
  return typeof type === 'string' && type !== '' && type.isWellFormed() && !type.includes('\0');
}
