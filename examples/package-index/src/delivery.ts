import type { Progress } from './progress.ts';
import { StopRequest } from './stop.ts';
import type { Ending } from './verdict.ts';

const stallAfterMs = 30_000;

/** Waits for the end of the delivery, whatever it is; throws when a task fails. */
export async function waitForEnding(progress: Progress, signal: AbortSignal): Promise<Ending> {
  const stall = new AbortController();
  const timer = watchForStall(progress, () => stall.abort());
  try {
    await progress.until(() => progress.isDelivered, AbortSignal.any([signal, stall.signal]));
    return 'delivered';
  } catch (error) {
    if (!signal.aborted && stall.signal.aborted) return 'stalled';
    if (error instanceof StopRequest) return error;
    throw error;
  } finally {
    clearInterval(timer);
  }
}

/** A stall: for half a minute nothing was settled, although something waits. */
function watchForStall(progress: Progress, onStall: () => void): NodeJS.Timeout {
  let lastSettled = -1;
  let lastChange = performance.now();
  return setInterval(() => {
    const settled = Object.values(progress.consumers).reduce((sum, consumer) => sum + consumer.settled, 0);
    if (settled !== lastSettled || progress.behind.events === 0) lastChange = performance.now();
    lastSettled = settled;
    if (performance.now() - lastChange > stallAfterMs) onStall();
  }, 1_000);
}
