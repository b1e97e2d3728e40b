import type { EventTag } from './event-tag.ts';

/** How often a failed event comes back before it goes to the dead letters. */
export const maxRetries = 3;
export const retryDelayMs = 50;

const poisonedPosition = 1;
const failEvery = 100;

/** What notification_sender pretends, so that there is something to see; a pure function of the event. */
export type StagedOutcome = 'works' | 'fails at first' | 'is poisoned';

export function stagedOutcome({ position }: EventTag): StagedOutcome {
  if (position === poisonedPosition) return 'is poisoned';
  return position % failEvery === 0 ? 'fails at first' : 'works';
}

/** What must be found at the end, when so many events were sent. */
export function expectedFailures(sent: number): { retried: number; dead: number } {
  return { retried: Math.floor(sent / failEvery), dead: sent >= poisonedPosition ? 1 : 0 };
}
