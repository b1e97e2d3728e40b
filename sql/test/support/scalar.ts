import { rows } from './rows.ts';
import type { Session } from './session.ts';

/** The first column of the one row that a statement returns. */
export async function scalar<T>(session: Session, text: string, values: readonly unknown[] = []): Promise<T> {
  const found = await rows<Record<string, T>>(session, text, values);
  const [row] = found;
  if (!row || found.length > 1) throw new Error(`${found.length} rows instead of one from: ${text}`);
  return Object.values(row)[0] as T;
}
