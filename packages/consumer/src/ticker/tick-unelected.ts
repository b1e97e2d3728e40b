import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pgque';
import type { LeaderOptions } from './leader.ts';
import { Pace } from './pace.ts';
import { Upkeep } from './upkeep.ts';

export interface TickUnelectedOptions extends LeaderOptions {
  /** Longest pause. */
  readonly longestMs: number;
  readonly signal: AbortSignal;
}

/** Many may be at it. */
const shortestMs = 20;
/** For how long it goes on before it tries again to be elected. */
const termMs = 60_000;

/**
 * Ticks on the connections of the client, for one whose address is a pooler's: there is no session that could be elected
 * or rung. Processes that do this all at once do each other's work, and no harm.
 */
export async function tickUnelected(client: Client, options: TickUnelectedOptions): Promise<void> {
  const { signal, longestMs, onTurn } = options;
  const pace = new Pace({ minMs: Math.max(options.minMs, shortestMs), maxMs: longestMs });
  const upkeep = new Upkeep(client, { ...options, onMoved: () => {} });
  const endsAt = performance.now() + termMs;
  try {
    while (!signal.aborted && performance.now() < endsAt) {
      const startedAt = performance.now();
      const pending = await client.tickPending();
      onTurn(pending);
      const isIdle = pending.ticked === 0;
      const dueInMs = upkeep.begin(pending, isIdle);
      const pauseMs = isIdle ? Math.min(pace.quiet(), dueInMs) : pace.busy(performance.now() - startedAt);
      await sleep(pauseMs * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => {});
    }
  } finally {
    await upkeep.idle();
  }
}
