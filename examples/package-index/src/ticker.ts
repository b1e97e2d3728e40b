import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pgque';
import type { Persistence } from './persistence.ts';

const tickEveryMs = 20;
const redeliverEveryMs = 100;
const maintainEveryMs = 250;

/** Ticks, brings retries back and moves the rotation, until the signal. In production one process does this, or pg_cron. */
export async function runTicker(client: Client, persistence: Persistence, signal: AbortSignal): Promise<void> {
  const isTimeToRedeliver = every(redeliverEveryMs);
  const isTimeToMaintain = every(maintainEveryMs);
  while (!signal.aborted) {
    if (isTimeToRedeliver()) await persistence.insist(() => client.maintRetryEvents());
    if (isTimeToMaintain()) await persistence.insist(() => client.maint());
    await persistence.insist(() => client.ticker());
    await delay(tickEveryMs, undefined, { signal }).catch(() => {});
  }
}

function every(periodMs: number): () => boolean {
  let next = 0;
  return () => {
    const now = performance.now();
    if (now < next) return false;
    next = now + periodMs;
    return true;
  };
}
