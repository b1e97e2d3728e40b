import type { InputItem } from './input-item.ts';

export interface InputSource {
  /** For people: "events.ndjson", "standard input". */
  readonly name: string;
  /** Reads once, in order, only as fast as the items are taken. */
  read(signal: AbortSignal): AsyncIterable<InputItem>;
  /** How much was read, from 0 to 1; `undefined` when the end is not known. */
  fractionRead(): number | undefined;
}
