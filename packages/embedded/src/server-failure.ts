import { EmbeddedError, type EmbeddedErrorCode } from './embedded-error.ts';

interface FailurePattern {
  readonly code: EmbeddedErrorCode;
  readonly pattern: RegExp;
  readonly advice: (context: FailureContext) => string;
}

interface FailureContext {
  readonly port: number | undefined;
  readonly dataDirectory: string;
}

/** The server speaks English (LC_ALL=C), and the log is all it tells about a failed start. */
const failurePatterns: readonly FailurePattern[] = [
  {
    code: 'disk-full',
    pattern: /No space left on device|Disk quota exceeded|File too large/,
    advice: ({ dataDirectory }) =>
      `there is no room left for the data directory ${dataDirectory}: free some, or name a dataDirectory elsewhere.`,
  },
  {
    code: 'data-directory-in-use',
    pattern: /lock file "postmaster\.pid" already exists|pre-existing shared memory block/,
    advice: ({ dataDirectory }) =>
      `another server works on the data directory ${dataDirectory}: stop that one, or name another dataDirectory.`,
  },
  {
    code: 'port-in-use',
    pattern: /could not bind IPv4 address .*Address already in use|could not create any TCP\/IP sockets/,
    advice: ({ port }) => `something else listens on port ${port}: name another port, or none to get a free one.`,
  },
  {
    code: 'version-mismatch',
    pattern: /database files are incompatible with server/,
    advice: ({ dataDirectory }) =>
      `the data directory ${dataDirectory} was made by another PostgreSQL major: start that major, or name another dataDirectory.`,
  },
  {
    code: 'permission-denied',
    pattern: /Permission denied/,
    advice: ({ dataDirectory }) =>
      `the server's user may not reach ${dataDirectory}: name a dataDirectory below folders that everybody may enter.`,
  },
];

/** Turns the last words of initdb or postgres into the error they mean. */
export function serverFailure(what: string, log: readonly string[], context: FailureContext): EmbeddedError {
  const text = log.join('\n');
  const known = failurePatterns.find(({ pattern }) => pattern.test(text));
  if (known) return new EmbeddedError(known.code, `${what}: ${known.advice(context)}`, { log });
  const words = log.length === 0 ? 'It wrote no log.' : `Its last words:\n${log.slice(-15).join('\n')}`;
  return new EmbeddedError('start-failed', `${what}. ${words}`, { log });
}
