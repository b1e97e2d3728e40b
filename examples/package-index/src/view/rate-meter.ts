const windowMs = 2_000;

/** How fast a count grows, over the last two seconds. */
export class RateMeter {
  #samples: { at: number; count: number }[] = [];

  /** Notes the count and answers its growth per second. */
  perSecond(count: number, now = performance.now()): number {
    this.#samples.push({ at: now, count });
    while (this.#samples.length > 2 && now - (this.#samples[1]?.at ?? now) >= windowMs) this.#samples.shift();
    const [first] = this.#samples;
    if (first === undefined || now === first.at) return 0;
    return ((count - first.count) * 1_000) / (now - first.at);
  }
}
