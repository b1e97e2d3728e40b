import { rows } from './rows.ts';
import type { Session } from './session.ts';

interface ExplainedPlan {
  Plan: { 'Shared Hit Blocks': number; 'Shared Read Blocks': number; 'Actual Rows': number; 'WAL Bytes': number };
}

/** What a query costs, its functions included. */
export interface Costs {
  readonly buffers: number;
  readonly rows: number;
  readonly walBytes: number;
}

/** Runs a query and counts the rows it returns, the shared buffers it touches and the WAL it writes. */
export async function sharedBuffers(session: Session, query: string): Promise<Costs> {
  const [row] = await rows<{ 'QUERY PLAN': ExplainedPlan[] }>(
    session,
    `explain (analyze, buffers, wal, format json) ${query}`,
  );
  const plan = row?.['QUERY PLAN'][0]?.Plan;
  if (!plan) throw new Error(`no plan of ${query}`);
  const buffers = plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
  return { buffers, rows: plan['Actual Rows'], walBytes: plan['WAL Bytes'] };
}
