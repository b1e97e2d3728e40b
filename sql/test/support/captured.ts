import type { QueueDriver } from './queue-driver.ts';

/** An event of a capture trigger; only the extras that are set. */
export interface Captured {
  type: string | null;
  payload: string | null;
  extra1?: string;
  extra2?: string;
  extra3?: string;
  extra4?: string;
}

/** Ticks, and takes what has come since the last call. */
export async function captured(queue: QueueDriver): Promise<Captured[]> {
  await queue.tick();
  return (await queue.drain()).map(({ type, payload, ...rest }) => {
    const extras = (['extra1', 'extra2', 'extra3', 'extra4'] as const).filter((extra) => rest[extra] !== null);
    return { type, payload, ...Object.fromEntries(extras.map((extra) => [extra, rest[extra]])) };
  });
}

/** The same without extras, as [type, payload]. */
export async function capturedData(queue: QueueDriver): Promise<[type: string | null, payload: string | null][]> {
  return (await captured(queue)).map(({ type, payload }) => [type, payload]);
}
