import type { WriteStream } from 'node:tty';
import { createLogUpdate } from 'log-update';

/**
 * Where words go: what happens to standard output, or with --json to standard error, faults always to standard error.
 * In a terminal a frame can be drawn below the words and drawn again in its place.
 */
export class Output {
  /** For everything but faults; the colours are chosen by it. */
  readonly stream: WriteStream;
  readonly #frame: ReturnType<typeof createLogUpdate> | undefined;
  #lastFrame = '';

  constructor(isJson: boolean) {
    this.stream = isJson ? process.stderr : process.stdout;
    this.#frame = this.canDraw ? createLogUpdate(this.stream) : undefined;
  }

  get canDraw(): boolean {
    return this.stream.isTTY === true && process.env['TERM'] !== 'dumb';
  }

  say(line: string): void {
    this.#above(() => this.stream.write(`${line}\n`));
  }

  complain(line: string): void {
    this.#above(() => process.stderr.write(`${line}\n`));
  }

  /** A step on the way to the first frame, which takes its place. */
  announce(line: string): void {
    if (this.canDraw) this.draw(` ${line}`);
    else this.say(line);
  }

  draw(frame: string): void {
    this.#lastFrame = frame;
    this.#frame?.(frame);
  }

  /** Leaves the last frame where it is. */
  endDrawing(): void {
    this.#lastFrame = '';
    this.#frame?.done();
  }

  #above(write: () => void): void {
    if (this.#lastFrame !== '') this.#frame?.clear();
    write();
    if (this.#lastFrame !== '') this.#frame?.(this.#lastFrame);
  }
}
