import type { Logger } from 'pgque';

/** What was logged, instead of the console. */
export class LogBook implements Logger {
  readonly lines: { level: string; message: string; details: object | undefined }[] = [];

  debug(message: string, details?: object): void {
    this.lines.push({ level: 'debug', message, details });
  }

  info(message: string, details?: object): void {
    this.lines.push({ level: 'info', message, details });
  }

  warn(message: string, details?: object): void {
    this.lines.push({ level: 'warn', message, details });
  }

  error(message: string, details?: object): void {
    this.lines.push({ level: 'error', message, details });
  }

  of(level: string): string[] {
    return this.lines.filter((line) => line.level === level).map(({ message }) => message);
  }
}
