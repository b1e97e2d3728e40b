/** Where a client and its consumers say what goes on: one sentence, and what it is about. */
export interface Logger {
  debug(message: string, details?: object): void;
  info(message: string, details?: object): void;
  warn(message: string, details?: object): void;
  error(message: string, details?: object): void;
}

/** Warnings and errors go to the console. */
export const consoleLogger: Logger = {
  debug: () => {},
  info: () => {},
  warn: (message, details) => console.warn(`pgque: ${message}`, ...(details === undefined ? [] : [details])),
  error: (message, details) => console.error(`pgque: ${message}`, ...(details === undefined ? [] : [details])),
};
