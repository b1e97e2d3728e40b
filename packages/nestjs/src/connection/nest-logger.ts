import { Logger as NestLogger } from '@nestjs/common';
import type { Logger } from 'pgque';

/** What clients and consumers say goes to the logger of the application. */
export function nestLogger(): Logger {
  const logger = new NestLogger('Pgque');
  return {
    debug: (message, details) => logger.debug(line(message, details)),
    info: (message, details) => logger.log(line(message, details)),
    warn: (message, details) => logger.warn(line(message, details)),
    error: (message, details) => logger.error(line(message, details)),
  };
}

function line(message: string, details: object = {}): string {
  const about = Object.entries(details).map(
    ([key, value]) => `${key}: ${value instanceof Error ? value.message : value}`,
  );
  return about.length === 0 ? message : `${message} (${about.join(', ')})`;
}
