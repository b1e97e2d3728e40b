/** For a new thread: what a program from standard input is called with is not for a file; all other flags are inherited. */
export function flagsOfThread(): { execArgv?: string[] } {
  const execArgv = process.execArgv.filter((flag) => !flag.startsWith('--input-type'));
  return execArgv.length === process.execArgv.length ? {} : { execArgv };
}
