import type { Message } from 'pgque';
import type { SentMessage } from './thread-messages.ts';

/**
 * A payload that is what its text says travels as the text, and the thread parses it: to copy one text costs less than to
 * clone what it stands for. One that a schema has made of it is cloned.
 */
export function encodeMessage({ payload, ...rest }: Message, isAsStored: boolean): SentMessage {
  const isJson = isAsStored && rest.rawPayload !== null && payload !== rest.rawPayload;
  return isJson ? { ...rest, isJson } : { ...rest, isJson: false, payload };
}

export function decodeMessage({ isJson: _, ...sent }: SentMessage): Message {
  return 'payload' in sent ? sent : { ...sent, payload: JSON.parse(sent.rawPayload ?? 'null') };
}
