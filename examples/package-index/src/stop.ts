import { type ExitCode, exitCode } from './exit-code.ts';

/** Why the run is to end before its end; the reason of the signal that stopSignal() gives. */
export class StopRequest extends Error {
  override readonly name = 'StopRequest';
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, cause: string) {
    super(`Stopped by ${cause} before everything was delivered.`);
    this.exitCode = exitCode;
  }
}

/** npm hands on the Ctrl-C that the terminal has already given to this process: two so close together are one. */
const sameKeystrokeMs = 500;
const parentLookMs = 250;

/** The signal that the first Ctrl-C, SIGTERM or hang-up aborts; a second one ends the process at once. */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  let firstAt = 0;
  const ask = (code: ExitCode, cause: string): void => {
    if (!controller.signal.aborted) {
      firstAt = performance.now();
      controller.abort(new StopRequest(code, cause));
    } else if (performance.now() - firstAt > sameKeystrokeMs) {
      // The guard of the server ends it as soon as this process is gone.
      process.exit(code);
    }
  };
  process.on('SIGINT', () => ask(exitCode.interrupted, 'Ctrl-C'));
  process.on('SIGTERM', () => ask(exitCode.terminated, 'SIGTERM'));
  process.on('SIGHUP', () => ask(exitCode.terminated, 'the end of the terminal'));
  watchParent(() => ask(exitCode.terminated, 'the end of npm'));
  // Nobody reads any more, as in "npm start | head": that is an end, not a fault.
  process.stdout.on('error', () => ask(exitCode.outputClosed, 'the end of whatever reads standard output'));
  process.stderr.on('error', () => {});
  return controller.signal;
}

/**
 * npm runs a script below a shell, and hands a signal to that shell alone, which dies of it and tells nobody. The new
 * parent gives it away.
 */
function watchParent(onLoss: () => void): void {
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onLoss();
  }, parentLookMs);
  timer.unref();
}
