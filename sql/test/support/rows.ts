import { TestDatabase } from '@pgque/testing';
import type { Session } from './session.ts';

/** The rows of one statement, on whichever kind of session. */
export async function rows<R extends object>(
  session: Session,
  text: string,
  values: readonly unknown[] = [],
): Promise<R[]> {
  if (session instanceof TestDatabase) return await session.query<R>(text, [...values]);
  return (await session.query<R & Record<string, unknown>>(text, [...values])).rows;
}
