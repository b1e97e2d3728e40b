const width = 24;

/** A bar on a terminal, a line per scenario elsewhere; on standard error, so that standard output can be read by programs. */
export class Progress {
  readonly #total: number;
  readonly #startedAt = performance.now();
  readonly #isTerminal = process.stderr.isTTY === true;
  #done = -1;
  #title = '';

  constructor(total: number) {
    this.#total = total;
  }

  begin(title: string): void {
    this.#title = title;
    if (!this.#isTerminal) process.stderr.write(`${this.#share()}  ${title}\n`);
  }

  /** The measurement before has ended, and this one begins. */
  step(what: string): void {
    this.#done += 1;
    if (!this.#isTerminal) return;
    const columns = process.stderr.columns || 80;
    const line = `${this.#share()}  ${this.#title}  ${what}`.slice(0, columns - 1);
    process.stderr.write(`\r\x1b[2K${line}`);
  }

  end(): void {
    if (this.#isTerminal) process.stderr.write('\r\x1b[2K');
  }

  #share(): string {
    const share = this.#total === 0 ? 1 : Math.max(0, this.#done) / this.#total;
    const full = Math.round(share * width);
    const seconds = Math.round((performance.now() - this.#startedAt) / 1000);
    const minutes = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
    return `[${'█'.repeat(full)}${'░'.repeat(width - full)}] ${String(Math.round(share * 100)).padStart(3)} %  ${minutes}`;
  }
}
