/** An error on its way between threads. What cannot be cloned of it stays behind. */
export interface SentError {
  /** The error as far as it can be cloned: built-in errors keep their class, message, stack and cause. */
  readonly error: unknown;
  readonly name: string | undefined;
  /** Its own properties that can be cloned, such as a code. */
  readonly properties: Readonly<Record<string, unknown>>;
}

export function encodeError(error: unknown): SentError {
  if (!(error instanceof Error)) {
    const isSendable = isCloneable(error);
    return { error: isSendable ? error : new Error(String(error)), name: undefined, properties: {} };
  }
  const properties = Object.fromEntries(
    Object.entries(error).filter(([key, value]) => key !== 'name' && isCloneable(value)),
  );
  return { error: isCloneable(error) ? error : bare(error), name: error.name, properties };
}

function bare({ message, stack }: Error): Error {
  return Object.assign(new Error(message), { stack });
}

function isCloneable(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}
