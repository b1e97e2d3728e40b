import { createDatabase } from './database.ts';
import { EmbeddedError } from './embedded-error.ts';
import { isMajor, type Major, majors } from './major.ts';
import type { CreateDatabaseOptions, Database, Server, ServerSource } from './server.ts';
import { majorOf, onConnection } from './server-connection.ts';

interface ExternalServerOptions {
  readonly url: string;
  readonly source: Exclude<ServerSource, 'binaries'>;
  /** What ends it; nothing when somebody else looks after it. */
  readonly release?: () => Promise<void>;
}

/** A server that runs already. It gives databases, and refuses what only its owner may do. */
export async function connectExternalServer(options: ExternalServerOptions): Promise<Server> {
  const major = await onConnection(options.url, majorOf);
  if (!isMajor(major)) {
    const known = majors.join(', ');
    throw new EmbeddedError('unsupported-major', `The server is PostgreSQL ${major}: use one of ${known}.`);
  }
  return new ExternalServer(major, options);
}

class ExternalServer implements Server {
  readonly url: string;
  readonly source: ServerSource;
  readonly major: Major;
  readonly port: number;
  readonly pid = undefined;
  readonly dataDirectory = undefined;
  readonly #release: () => Promise<void>;
  #stopping: Promise<void> | undefined;

  constructor(major: Major, { url, source, release }: ExternalServerOptions) {
    this.url = url;
    this.source = source;
    this.major = major;
    this.port = Number(new URL(url).port || 5432);
    this.#release = release ?? (() => Promise.resolve());
  }

  createDatabase(options?: CreateDatabaseOptions): Promise<Database> {
    return createDatabase(this.url, options);
  }

  kill(): Promise<void> {
    return Promise.reject(this.#notOurs('killed'));
  }

  start(): Promise<void> {
    return Promise.reject(this.#notOurs('started'));
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#release();
    return this.#stopping;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #notOurs(verb: string): EmbeddedError {
    return new EmbeddedError(
      'unsupported-operation',
      `A server from "${this.source}" cannot be ${verb} from here: use the source "binaries" for that.`,
    );
  }
}
