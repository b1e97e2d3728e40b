import { rows } from './rows.ts';
import type { Session } from './session.ts';

/** Makes everything that is recorded older by this much, which is the same to the engine as waiting. */
export async function passTime(session: Session, interval: string): Promise<void> {
  for (const change of [
    'pgque.tick set tick_time = tick_time - $1::interval',
    `pgque.cursor set changed_at = changed_at - $1::interval, tick_time = tick_time - $1::interval,
       next_tick_time = next_tick_time - $1::interval, noted_at = noted_at - $1::interval`,
    'pgque.later set due_at = due_at - $1::interval',
    'pgque.event set ev_time = ev_time - $1::interval',
    'pgque.dead_letter set dl_time = dl_time - $1::interval',
    `pgque.gap set moved_at = moved_at - $1::interval, tick_time = tick_time - $1::interval,
       next_tick_time = next_tick_time - $1::interval`,
    'pgque.queue set created_at = created_at - $1::interval',
  ])
    await rows(session, `update ${change}`, [interval]);
}
