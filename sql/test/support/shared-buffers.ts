import { rows } from './rows.ts';
import type { Session } from './session.ts';

interface ExplainedPlan {
  Plan: { 'Shared Hit Blocks': number; 'Shared Read Blocks': number; 'Actual Rows': number };
}

/** Runs a query and counts the rows it returns and the shared buffers it touches, its functions included. */
export async function sharedBuffers(session: Session, query: string): Promise<{ buffers: number; rows: number }> {
  const [row] = await rows<{ 'QUERY PLAN': ExplainedPlan[] }>(
    session,
    `explain (analyze, buffers, format json) ${query}`,
  );
  const plan = row?.['QUERY PLAN'][0]?.Plan;
  if (!plan) throw new Error(`no plan of ${query}`);
  return { buffers: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'], rows: plan['Actual Rows'] };
}
