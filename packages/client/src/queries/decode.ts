// How columns are read. Our own connections hand over the text that the server sent; drivers of others may have parsed
// it, so that a number can come as a string, a number or a bigint. Times come as milliseconds since 1970 and intervals as
// milliseconds: the text of either depends on the settings of the session.

type Decode<Value> = (value: unknown) => Value;

export function orNull<Value>(decode: Decode<Value>): Decode<Value | null> {
  return (value) => (value === null || value === undefined ? null : decode(value));
}

export function toBigint(value: unknown): bigint {
  return BigInt(value as string | number | bigint);
}

export function toNumber(value: unknown): number {
  return Number(value);
}

export function toText(value: unknown): string {
  return String(value);
}

export function toBoolean(value: unknown): boolean {
  return value === true || value === 't';
}

export function toDate(value: unknown): Date {
  return new Date(Number(value));
}

/** Of an array of int8 as text: `{1,2,3}`. */
export function toBigints(value: unknown): bigint[] {
  const inner = toText(value).slice(1, -1);
  return inner === '' ? [] : inner.split(',').map(BigInt);
}

/** JSON, or, where the text is no JSON, the text itself. */
export function toPayload(value: unknown): unknown {
  if (value === null || value === undefined) return null;
  const text = toText(value);
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export const toBigintOrNull = orNull(toBigint);
export const toNumberOrNull = orNull(toNumber);
export const toTextOrNull = orNull(toText);
