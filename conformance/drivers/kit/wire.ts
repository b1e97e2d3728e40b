/** A text in snake_case as it is called in TypeScript: `retry_after_ms` is `retryAfterMs`. */
function toCamel(name: string): string {
  return name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function toSnake(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Arguments of a command, with the names of TypeScript. What is within a payload stays as it is. */
export function fromWire(value: unknown): unknown {
  return rename(value, toCamel);
}

/** An answer as it is sent: names of SQL, ids as texts, absent values as null. What is within a payload stays as it is. */
export function toWire(value: unknown): unknown {
  return rename(value ?? null, toSnake);
}

function rename(value: unknown, nameOf: (name: string) => string): unknown {
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return value.map((element) => rename(element, nameOf));
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  const entries = Object.entries(value).map(([name, each]) => [
    nameOf(name),
    name === 'payload' ? each : rename(each, nameOf),
  ]);
  return Object.fromEntries(entries);
}
