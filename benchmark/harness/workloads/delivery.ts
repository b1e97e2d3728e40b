import { type Contender, payload } from '../../peers/contender.ts';

export interface Latencies {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** Milliseconds from the call of send to the handler, at a steady rate. */
export async function measureDelivery(
  contender: Contender,
  url: string,
  { perSecond, seconds }: { readonly perSecond: number; readonly seconds: number },
): Promise<Latencies> {
  const open = await contender.open(url);
  try {
    const latencies: number[] = [];
    const count = perSecond * seconds;
    const all = Promise.withResolvers<void>();
    const warmUp = perSecond;
    await open.consume((event) => {
      latencies.push(performance.now() - (event as { at: number }).at);
      if (latencies.length === count + warmUp) all.resolve();
    });
    const startedAt = performance.now();
    for (let index = 0; index < count + warmUp; index += 1) {
      const waitMs = startedAt + (index * 1000) / perSecond - performance.now();
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      void open.send({ ...payload, at: performance.now() });
    }
    await all.promise;
    const sorted = latencies.slice(warmUp).sort((a, b) => a - b);
    const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
    return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
  } finally {
    await open.close();
  }
}
