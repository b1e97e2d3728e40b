import type { Reckoning } from '../reckoning.ts';
import { resultSentences } from '../result.ts';
import type { Verdict } from '../verdict.ts';
import type { View, ViewOptions } from './open-view.ts';
import { ProgressMeter } from './snapshot.ts';

const sayEveryMs = 5_000;

/** For files and pipes: a line every five seconds, and the result. */
export class PlainView implements View {
  readonly #options: ViewOptions;
  readonly #meter: ProgressMeter;
  readonly #timer: NodeJS.Timeout;

  constructor(options: ViewOptions) {
    this.#options = options;
    this.#meter = new ProgressMeter(options.progress);
    this.#meter.read();
    options.output.say(`PostgreSQL runs on port ${options.port}, PgQue is installed. Input: ${options.input.name}.`);
    this.#timer = setInterval(() => this.#sayProgress(), sayEveryMs);
  }

  show({ sentences }: Verdict): void {
    for (const sentence of sentences) this.#options.output.say(sentence);
  }

  end(verdict: Verdict, reckoning: Reckoning): void {
    clearInterval(this.#timer);
    for (const sentence of resultSentences(reckoning)) this.#options.output.say(sentence);
    this.show(verdict);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
  }

  #sayProgress(): void {
    const { sent, sentPerSecond, consumers } = this.#meter.read();
    const delivered = Math.min(...consumers.map(({ settled }) => settled));
    this.#options.output.say(`${whole(sent)} sent, ${whole(delivered)} delivered, ${whole(sentPerSecond)} per second.`);
  }
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}
