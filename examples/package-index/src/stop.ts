import { type ExitCode, exitCode } from './exit-code.ts';

/** Why the run is to end before its end; the reason of the signal that stopSignal() gives. */
export class StopRequest extends Error {
  override readonly name = 'StopRequest';
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** npm hands on the Ctrl-C that the terminal has already given to this process: two so close together are one. */
const sameKeystrokeMs = 500;

/** The signal that the first Ctrl-C, SIGTERM or hang-up aborts; a second one ends the process at once. */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  let firstAt = 0;
  const ask = (code: ExitCode, message: string): void => {
    if (!controller.signal.aborted) {
      firstAt = performance.now();
      controller.abort(new StopRequest(code, message));
    } else if (performance.now() - firstAt > sameKeystrokeMs) {
      // The guard of the server ends it as soon as this process is gone.
      process.exit(code);
    }
  };
  process.on('SIGINT', () => ask(exitCode.interrupted, 'Stopped by Ctrl-C'));
  process.on('SIGTERM', () => ask(exitCode.terminated, 'Stopped by SIGTERM'));
  process.on('SIGHUP', () => ask(exitCode.terminated, 'Stopped, because the terminal is gone'));
  // Nobody reads any more, as in "npm start | head": that is an end, not a fault.
  process.stdout.on('error', () => ask(exitCode.outputClosed, 'Stopped, because standard output was closed'));
  process.stderr.on('error', () => {});
  return controller.signal;
}
