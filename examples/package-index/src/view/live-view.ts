import { styleText } from 'node:util';
import type { EngineFigures } from '../engine-meter.ts';
import { exitCode } from '../exit-code.ts';
import type { Reckoning } from '../reckoning.ts';
import type { Verdict } from '../verdict.ts';
import { frame, type Paint } from './frame.ts';
import type { View, ViewOptions } from './open-view.ts';
import { ProgressMeter, type Snapshot } from './snapshot.ts';

const drawEveryMs = 200;
const lookEveryMs = 500;

/** Draws a frame five times a second, and asks the engine for its figures twice. */
export class LiveView implements View {
  readonly #options: ViewOptions;
  readonly #meter: ProgressMeter;
  readonly #timers: NodeJS.Timeout[];
  #state: Pick<Snapshot, 'state' | 'mood'> = { state: 'Ctrl-C stops.', mood: 'busy' };
  #engine: EngineFigures | undefined;
  #isLooking = false;
  #isEnded = false;

  constructor(options: ViewOptions) {
    this.#options = options;
    this.#meter = new ProgressMeter(options.progress);
    this.#timers = [setInterval(() => this.#draw(), drawEveryMs), setInterval(() => void this.#look(), lookEveryMs)];
    this.#draw();
  }

  show(verdict: Verdict): void {
    this.#state = stateOf(verdict, ' Ctrl-C ends.');
    this.#draw();
  }

  /** The last frame stays; what does not fit its one line for the verdict follows below. */
  end(verdict: Verdict, { engine }: Reckoning): void {
    this.#engine = engine;
    this.#state = stateOf(verdict, '');
    this.#draw();
    this.#close();
    for (const sentence of verdict.sentences.slice(1)) this.#options.output.say(` ${sentence}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#close();
  }

  #close(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    for (const timer of this.#timers) clearInterval(timer);
    this.#options.output.endDrawing();
  }

  #draw(): void {
    const { stream } = this.#options.output;
    const paint: Paint = (style, text) => styleText(style, text, { stream });
    this.#options.output.draw(frame(this.#snapshot(), stream.columns ?? 80, paint));
  }

  #snapshot(): Snapshot {
    const { input, progress, findings, port } = this.#options;
    return {
      title: `PgQue on PostgreSQL, port ${port}`,
      inputName: input.name,
      ...this.#meter.read(),
      fractionRead: progress.isFed ? 1 : input.fractionRead(),
      engine: this.#engine,
      licences: findings.licences.ranking(),
      flagged: findings.flagged,
      ...this.#state,
    };
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    // While a connection is lost, the last figures stay.
    this.#engine = await this.#options.engine.read().catch(() => this.#engine);
    this.#isLooking = false;
  }
}

function stateOf({ exitCode: code, sentences }: Verdict, advice: string): Pick<Snapshot, 'state' | 'mood'> {
  return { state: `${sentences[0]}${advice}`, mood: code === exitCode.agrees ? 'good' : 'bad' };
}
