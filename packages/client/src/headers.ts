import type { Message } from './message.ts';

// Where headers are in the database: a JSON object with texts in extra1 of the event. An extra1 that the application sets
// is stored as it is, and then the event has no headers.

/** Texts that travel with an event, such as `traceparent`. */
export type Headers = Readonly<Record<string, string>>;

/** The text for extra1; `null` for no headers. */
export function encodeHeaders(headers: Headers): string | null {
  return Object.keys(headers).length === 0 ? null : JSON.stringify(headers);
}

/** The headers of a message; none when its extra1 is something else. */
export function headersOf({ extra1 }: Pick<Message, 'extra1'>): Headers {
  if (!extra1?.startsWith('{')) return {};
  try {
    const entries = Object.entries(JSON.parse(extra1) as object);
    return Object.fromEntries(entries.filter(([, value]) => typeof value === 'string'));
  } catch {
    return {};
  }
}
