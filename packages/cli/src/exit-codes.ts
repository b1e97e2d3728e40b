/** What the exit status says, for scripts. */
export const exitCodes = {
  done: 0,
  /** The server or the engine refused it, or something broke. */
  failed: 1,
  /** The command line makes no sense; nothing was tried. */
  usage: 2,
  /** No connection to the database. */
  unreachable: 3,
  /** `doctor` has found something that fails. */
  unhealthy: 4,
  /** It was not confirmed, and nothing was done. */
  notConfirmed: 5,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
