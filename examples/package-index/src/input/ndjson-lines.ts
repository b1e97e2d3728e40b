export interface Line {
  /** Counted from 1, blank lines included. */
  readonly number: number;
  /** Bytes of the line without its line feed, whether they were kept or not. */
  readonly size: number;
  /** `undefined` when there were more bytes than allowed; no more than those are ever held. */
  readonly bytes: Buffer | undefined;
}

/** Splits a stream into lines at line feeds; the last line needs none. */
export async function* splitLines(chunks: AsyncIterable<Buffer>, maxLineBytes: number): AsyncGenerator<Line> {
  let parts: Buffer[] = [];
  let size = 0;
  let number = 0;

  const take = (part: Buffer): void => {
    size += part.length;
    if (size <= maxLineBytes) parts.push(part);
    else parts = [];
  };
  const finish = (): Line => {
    number += 1;
    const line = { number, size, bytes: size > maxLineBytes ? undefined : Buffer.concat(parts) };
    parts = [];
    size = 0;
    return line;
  };

  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf('\n'); end !== -1; end = chunk.indexOf('\n', start)) {
      take(chunk.subarray(start, end));
      yield finish();
      start = end + 1;
    }
    if (start < chunk.length) take(chunk.subarray(start));
  }
  if (size > 0) yield finish();
}
