import { type Consumption, type Handle, payloadOf } from '../../peers/peer.ts';
import { quantile } from '../quantile.ts';
import { Tally } from '../tally.ts';

/** Events of one run with their numbers and times, some sent at a steady rate, some in bursts. */
export class Traffic {
  readonly handle: Handle;
  readonly #tally: Tally;
  readonly #consumers: number;
  readonly #sentAt: Float64Array;
  readonly #payload = payloadOf();
  #sent = 0;
  #latencies: number[] = [];

  constructor(total: number, consumers: number) {
    this.#consumers = consumers;
    this.#tally = new Tally(total, consumers);
    this.#sentAt = new Float64Array(total).fill(Number.NaN);
    this.handle = (event, consumer) => this.#count(event, consumer);
  }

  /** Events that were sent and that some consumer has still to see. */
  get behind(): number {
    return this.#sent - Math.floor(this.#tally.distinct / this.#consumers);
  }

  get handled(): number {
    return this.#tally.handled;
  }

  /** The next so many, for a burst. */
  take(count: number): object[] {
    return Array.from({ length: count }, () => ({ ...this.#payload, order_id: this.#sent++ }));
  }

  /** The next so many, whose latency counts from now. */
  takeTimed(count: number): object[] {
    this.#sentAt.fill(performance.now(), this.#sent, this.#sent + count);
    return this.take(count);
  }

  /** Milliseconds from send to handler since the last call. */
  latencies(): { readonly p50: number; readonly p95: number } {
    const latencies = this.#latencies;
    this.#latencies = [];
    return { p50: quantile(latencies, 0.5), p95: quantile(latencies, 0.95) };
  }

  /** Consumes all that was sent and stops: deliveries per second, from the first tenth to the last. */
  async rateOf(consume: (handle: Handle) => Promise<Consumption>, stallMs: number): Promise<number> {
    const deliveries = this.#sent * this.#consumers - this.#tally.distinct;
    const warm = this.handled + Math.ceil(deliveries / 10);
    let warmAt = Number.NaN;
    const consuming = await consume((event, consumer) => {
      this.#count(event, consumer);
      if (this.handled === warm) warmAt = performance.now();
    });
    await this.#tally.reach(this.#sent, stallMs);
    const seconds = (performance.now() - warmAt) / 1000;
    await consuming.stop();
    return (deliveries * 0.9) / seconds;
  }

  assertExactlyOnce(): void {
    this.#tally.assertExactlyOnce();
  }

  #count(event: object, consumer: number): void {
    const { order_id: index } = event as { order_id: number };
    const sentAt = this.#sentAt[index] ?? Number.NaN;
    if (!Number.isNaN(sentAt)) this.#latencies.push(performance.now() - sentAt);
    this.#tally.count(index, consumer);
  }
}
