import { isUtf8 } from 'node:buffer';
import { printable } from '../printable.ts';

export interface JsonText {
  /** As it was written, without white space and byte order mark around it. */
  readonly text: string;
  readonly value: unknown;
}

/** What is wrong, as the end of a sentence. */
export interface JsonProblem {
  readonly problem: string;
}

/** Reads bytes that should be one JSON value; `undefined` when there is nothing but white space. */
export function readJsonText(bytes: Buffer, isStart: boolean): JsonText | JsonProblem | undefined {
  if (bytes.includes(0)) return { problem: 'holds a NUL byte' };
  if (!isUtf8(bytes)) return { problem: 'is not valid UTF-8' };
  const decoded = bytes.toString('utf8');
  // JSON's own white space and no more: any other would be part of a broken text.
  const text = (isStart ? decoded.replace(/^\uFEFF/, '') : decoded).replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
  if (text === '') return undefined;
  try {
    return { text, value: JSON.parse(text) };
  } catch (error) {
    return { problem: `is not JSON: ${printable(error instanceof Error ? error.message : String(error))}` };
  }
}
