import type { Session } from './session.ts';

/** The rows of one statement, on whichever kind of session. */
export async function rows<R extends object>(
  session: Session,
  text: string,
  values: readonly unknown[] = [],
): Promise<R[]> {
  const result = await session.query<R & Record<string, unknown>>(text, [...values]);
  return Array.isArray(result) ? result : result.rows;
}
