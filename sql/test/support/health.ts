import { rows } from './rows.ts';
import type { Session } from './session.ts';

/** A row of pgque.health(). */
export interface Finding {
  check_name: string;
  status: 'ok' | 'warn' | 'fail';
  queue_name: string | null;
  detail: string;
  hint: string | null;
}

export const checkNames = [
  'cluster',
  'ticker',
  'rotation',
  'consumers',
  'consumer_gaps',
  'retries',
  'dead_letters',
  'transactions',
  'schedulers',
  'pg_cron',
];

export function health(session: Session): Promise<Finding[]> {
  return rows<Finding>(session, 'select * from pgque.health()');
}

/** What is not ok. */
export async function faults(session: Session): Promise<Finding[]> {
  return (await health(session)).filter(({ status }) => status !== 'ok');
}

/** What one check has found. */
export async function findings(session: Session, checkName: string): Promise<Finding[]> {
  return (await health(session)).filter(({ check_name }) => check_name === checkName);
}
