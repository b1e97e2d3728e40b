/** JSON in which integers of any size stay what they are: those that a double cannot hold are bigints. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? rawJson(String(each)) : each)) ?? 'undefined';
}

export function parseJson(text: string): unknown {
  return JSON.parse(text, reviveInteger as (key: string, value: unknown) => unknown);
}

function reviveInteger(_: string, value: unknown, context: { readonly source?: string }): unknown {
  const { source } = context;
  return typeof value === 'number' && !Number.isSafeInteger(value) && source !== undefined && /^-?\d+$/.test(source)
    ? BigInt(source)
    : value;
}

/** Not yet in the types of the language. */
const { rawJSON: rawJson } = JSON as unknown as { rawJSON(text: string): unknown };
