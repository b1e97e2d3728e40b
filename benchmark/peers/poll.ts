import { setTimeout as sleep } from 'node:timers/promises';
import type { Consumption } from './peer.ts';

/** Takes one step after the other until stopped, with a pause after each that found nothing. */
export function poll(pauseMs: number, step: () => Promise<number>): Consumption {
  const stopping = new AbortController();
  const pause = (): Promise<void> => sleep(pauseMs, undefined, { signal: stopping.signal }).catch(() => {});
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) if ((await step()) === 0) await pause();
  };
  const ended = loop();
  // Whoever stops it is told.
  ended.catch(() => {});
  return {
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}

/** Several of them as one. */
export function together(consumptions: readonly Consumption[]): Consumption {
  return { stop: async () => void (await Promise.all(consumptions.map((consumption) => consumption.stop()))) };
}
