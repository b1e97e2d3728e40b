/** Attempts at which a message fails before it succeeds, decided by its token alone: the same in each redelivery. */
export function failuresOf(token: string, consumer: string): number {
  const roll = hash(`${token} ${consumer}`) % 100;
  if (roll < 90) return 0;
  if (roll < 95) return 1;
  if (roll < 98) return 2;
  return Number.POSITIVE_INFINITY;
}

/** Whether a message ends in the dead letters of this consumer, with this setting of the queue. */
export function diesOf(token: string, consumer: string, maxRetries: number): boolean {
  return failuresOf(token, consumer) > maxRetries;
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return value;
}
