import type { Logger } from '../src/index.ts';

export interface LogLine {
  readonly level: keyof Logger;
  readonly message: string;
  readonly details: object | undefined;
}

/** Keeps what is said. */
export function recordingLogger() {
  const lines: LogLine[] = [];
  const record = (level: keyof Logger) => (message: string, details?: object) => {
    lines.push({ level, message, details });
  };
  return {
    lines,
    debug: record('debug'),
    info: record('info'),
    warn: record('warn'),
    error: record('error'),
  } satisfies Logger & { lines: LogLine[] };
}
