import { debuglog } from 'node:util';
import { EnvironmentFailure } from './environment-failure.ts';
import { type ExitCode, exitCode } from './exit-code.ts';
import { InputNotFoundError } from './input/open-input.ts';
import { parseOptions } from './options.ts';
import { Output } from './output.ts';
import { run } from './run.ts';
import { StopRequest, stopSignal } from './stop.ts';

/** NODE_DEBUG=pgque shows what lies behind a sentence. */
const debug = debuglog('pgque');

const options = parseOptions(process.argv.slice(2));
const output = new Output(options.json);
process.exitCode = await run(options, output, stopSignal()).catch(explain);

/** Says in a sentence what went wrong; the exit code tells whose matter it is. */
function explain(error: unknown): ExitCode {
  output.endDrawing();
  debug('%o', error);
  output.complain(error instanceof Error ? error.message : String(error));
  if (error instanceof StopRequest) return error.exitCode;
  if (error instanceof InputNotFoundError) return exitCode.usage;
  if (error instanceof EnvironmentFailure) return exitCode.environment;
  return exitCode.environment;
}
