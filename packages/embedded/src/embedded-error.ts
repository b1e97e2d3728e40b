/** What went wrong, for code; the message is for people. */
export type EmbeddedErrorCode =
  | 'binary-missing'
  | 'data-directory-in-use'
  | 'disk-full'
  | 'permission-denied'
  | 'port-in-use'
  | 'server-stopped'
  | 'source-unavailable'
  | 'start-failed'
  | 'unsupported-major'
  | 'unsupported-operation'
  | 'version-mismatch';

/** Every error this package raises on its own account. The message says what to do. */
export class EmbeddedError extends Error {
  readonly code: EmbeddedErrorCode;
  /** The last lines of the server's log, when there are any. */
  readonly log: readonly string[];

  constructor(code: EmbeddedErrorCode, message: string, options: { cause?: unknown; log?: readonly string[] } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'EmbeddedError';
    this.code = code;
    this.log = options.log ?? [];
  }
}
