import { printable } from '../printable.ts';
import type { InputSource } from './input-source.ts';
import { ndjsonInput } from './ndjson-input.ts';
import { packageManifests } from './package-manifests.ts';

/** The input that was named cannot be opened; the message is a sentence. */
export class InputNotFoundError extends Error {
  override readonly name = 'InputNotFoundError';
}

export function openInput(options: { input?: string; maxLineBytes: number }): InputSource {
  if (options.input === undefined) return packageManifests();
  try {
    return ndjsonInput(options.input, options.maxLineBytes);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    const reasons: Record<string, string> = {
      ENOENT: 'there is no such file',
      EACCES: 'it may not be read',
      EISDIR: 'it is a folder',
    };
    const reason = reasons[code] ?? (cause instanceof Error ? cause.message : String(cause));
    throw new InputNotFoundError(`--input ${printable(options.input)}: ${reason}.`, { cause });
  }
}
