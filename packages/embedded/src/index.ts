export { createDatabase } from './database.ts';
export { EmbeddedError, type EmbeddedErrorCode } from './embedded-error.ts';
export { defaultMajor, isMajor, type Major, majors } from './major.ts';
export type {
  CreateDatabaseOptions,
  Database,
  KillSignal,
  Server,
  ServerSource,
  StartServerOptions,
} from './server.ts';
export { startServer } from './start-server.ts';
