import { expect, test } from 'vitest';
import { type Line, splitLines } from '../../src/input/ndjson-lines.ts';

async function linesOf(chunks: readonly (string | Buffer)[], maxLineBytes = 100): Promise<Line[]> {
  async function* stream(): AsyncGenerator<Buffer> {
    for (const chunk of chunks) yield Buffer.from(chunk);
  }
  const lines: Line[] = [];
  for await (const line of splitLines(stream(), maxLineBytes)) lines.push(line);
  return lines;
}

const textsOf = (lines: readonly Line[]): (string | undefined)[] => lines.map(({ bytes }) => bytes?.toString());

test('lines are the same however the stream is cut', async () => {
  const text = 'one\n\nthree ✓\r\nfour';
  const wanted = ['one', '', 'three ✓\r', 'four'];
  expect(textsOf(await linesOf([text]))).toEqual(wanted);
  const bytes = [...Buffer.from(text)].map((byte) => Buffer.from([byte]));
  expect(textsOf(await linesOf(bytes))).toEqual(wanted);
});

test('a line feed at the end begins no further line', async () => {
  expect(textsOf(await linesOf(['one\n', 'two\n']))).toEqual(['one', 'two']);
  expect(await linesOf([])).toEqual([]);
});

test('a line that is too long keeps its number and its size, but no bytes', async () => {
  const lines = await linesOf(['12345\n123', '456\n12345'], 5);
  expect(textsOf(lines)).toEqual(['12345', undefined, '12345']);
  expect(lines[1]).toMatchObject({ number: 2, size: 6 });
});
