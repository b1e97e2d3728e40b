import type { Message } from 'pgque';

/** Which messages must follow each other: those of one key. */
export type OrderBy = (message: Message) => unknown;

/**
 * Sorts the messages of a batch into lanes. Lanes run beside each other, the messages of a lane one after the other, in
 * their order. Without a key each message is a lane of its own, unless nothing runs at once anyway.
 */
export function toLanes(
  messages: readonly Message[],
  concurrency: number,
  orderBy: OrderBy | undefined,
): readonly (readonly Message[])[] {
  if (concurrency === 1) return [messages];
  if (!orderBy) return messages.map((message) => [message]);
  return [...Map.groupBy(messages, orderBy).values()];
}
