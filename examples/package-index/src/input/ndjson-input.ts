import { createReadStream, fstatSync, openSync } from 'node:fs';
import type { Readable } from 'node:stream';
import type { InputItem } from './input-item.ts';
import type { InputSource } from './input-source.ts';
import { eventOfLine } from './line-event.ts';
import { splitLines } from './ndjson-lines.ts';

/** Events from lines of JSON: a file (opened at once, so that a wrong name is said at once), or "-" for standard input. */
export function ndjsonInput(path: string, maxLineBytes: number): InputSource {
  if (path === '-') return new NdjsonInput('standard input', process.stdin, undefined, maxLineBytes);
  const descriptor = openSync(path, 'r');
  const status = fstatSync(descriptor);
  if (status.isDirectory()) throw Object.assign(new Error('a folder, not a file'), { code: 'EISDIR' });
  const size = status.isFile() ? status.size : undefined;
  return new NdjsonInput(path, createReadStream(path, { fd: descriptor }), size, maxLineBytes);
}

class NdjsonInput implements InputSource {
  readonly name: string;
  readonly #stream: Readable;
  readonly #size: number | undefined;
  readonly #maxLineBytes: number;
  #bytesRead = 0;

  constructor(name: string, stream: Readable, size: number | undefined, maxLineBytes: number) {
    this.name = name;
    this.#stream = stream;
    this.#size = size;
    this.#maxLineBytes = maxLineBytes;
  }

  async *read(signal: AbortSignal): AsyncGenerator<InputItem> {
    const stop = (): unknown => this.#stream.destroy();
    signal.addEventListener('abort', stop, { once: true });
    try {
      for await (const line of splitLines(this.#chunks(), this.#maxLineBytes)) {
        if (signal.aborted) return;
        const item = eventOfLine(line);
        if (item) yield item;
      }
    } catch (error) {
      // Destroyed in the middle of a read, because of the signal.
      if (!signal.aborted) throw error;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  fractionRead(): number | undefined {
    return this.#size === undefined ? undefined : Math.min(1, this.#bytesRead / Math.max(1, this.#size));
  }

  async *#chunks(): AsyncGenerator<Buffer> {
    for await (const chunk of this.#stream) {
      this.#bytesRead += chunk.length;
      yield chunk;
    }
  }
}
