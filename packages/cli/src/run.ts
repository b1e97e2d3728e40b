import { CommanderError } from 'commander';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { explainError } from './explain-error.ts';
import { toJson } from './printer.ts';
import { createProgram } from './program.ts';

/** Runs one command line, without the names of node and of the program, and answers what the process exits with. */
export async function run(args: readonly string[]): Promise<ExitCode> {
  try {
    await createProgram().parseAsync(args, { from: 'user' });
    return exitCodes.done;
  } catch (error) {
    // Commander has said what is wrong; it stops by an error after the help and the version, too.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    const { exitCode, code, message, hint } = explainError(error);
    const text = args.includes('--json')
      ? toJson({ error: { code, message, hint } })
      : ['pgque: ', message, hint === undefined ? '' : `\n${hint}`].join('');
    process.stderr.write(`${text}\n`);
    return exitCode;
  }
}
