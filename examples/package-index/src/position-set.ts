/** A set of positions counted from 1: one bit each, so that ten million take about a megabyte. */
export class PositionSet {
  #bits = new Uint32Array(1_024);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** False when it was in there already. */
  add(position: number): boolean {
    const word = position >>> 5;
    const mask = 1 << (position & 31);
    if (word >= this.#bits.length) this.#grow(word + 1);
    const before = this.#bits[word] ?? 0;
    if (before & mask) return false;
    this.#bits[word] = before | mask;
    this.#size += 1;
    return true;
  }

  /** Whether it holds just the positions from 1 to `last`. */
  isExactly(last: number): boolean {
    if (this.#size !== last) return false;
    for (let position = 1; position <= last; position += 1) {
      if (((this.#bits[position >>> 5] ?? 0) & (1 << (position & 31))) === 0) return false;
    }
    return true;
  }

  #grow(words: number): void {
    const larger = new Uint32Array(Math.max(words, this.#bits.length * 2));
    larger.set(this.#bits);
    this.#bits = larger;
  }
}
