import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';

export interface Options {
  /** A file of JSON lines, "-" for standard input, or `undefined` for the manifests below node_modules. */
  readonly input?: string;
  readonly onBroken: 'skip' | 'refuse';
  readonly maxLineBytes: number;
  readonly rate?: number;
  readonly data?: string;
  readonly port?: number;
  readonly once: boolean;
  readonly json: boolean;
}

const explanations = `
Input is one JSON value per line. {"type": "...", "payload": ...}, with nothing else in it, is an event of that type.
Any other value is the payload as a whole; its type is its own "type", if that is a string, else "default". The payload
is stored as it is written, with every digit and escape. Blank lines are passed over; CRLF and a byte order mark are fine.

A broken line (no JSON, a NUL, invalid UTF-8, too long) is reported with its number. "skip" goes on behind it; "refuse"
stops reading there, delivers everything before it, and exits with code 4.

Exit codes:
  0    everything that was sent was delivered, and every count agrees
  1    a count does not agree with what was sent
  2    wrong usage
  3    the environment: no server, no room, an input that cannot be read
  4    a broken line was refused
  130  Ctrl-C came before everything was delivered; a second Ctrl-C stops at once
       (141: standard output was closed, 143: SIGTERM)

Options follow "npm start --":
  npm start -- --input events.ndjson
  cat events.ndjson | npm start --silent -- --input - --json | tail -n 1`;

/** Reads the command line; exits with code 2 and a hint when it is wrong, with 0 after --help. */
export function parseOptions(args: readonly string[]): Options {
  const command = new Command('npm start --')
    .usage('[options]')
    .description(
      'Starts a PostgreSQL of its own, installs PgQue, and sends real events to three consumers:\n' +
        'one audits, one notifies, one counts. In a terminal it runs until Ctrl-C.',
    )
    .option('-i, --input <file>', 'JSON lines from a file, or from standard input with "-"')
    .addOption(
      new Option('--on-broken <action>', 'what to do about a broken line').choices(['skip', 'refuse']).default('skip'),
    )
    .option('--max-line-bytes <bytes>', 'a longer line is broken', wholeNumber(1, 100_000_000), 10_000_000)
    .option(
      '--rate <events>',
      'send at most so many per second; in a terminal 60 of the packages',
      wholeNumber(1, 1_000_000),
    )
    .option('--data <folder>', 'keep the data there and use it again; else it is temporary')
    .option('--port <port>', 'of the server, on 127.0.0.1; else a free one', wholeNumber(1024, 65_535))
    .option('--once', 'end when everything is delivered, as it does without a terminal', false)
    .option('--json', 'the result as the last line of standard output, the rest on standard error', false)
    .addHelpText('after', explanations)
    .showHelpAfterError('Options follow "--": npm start -- --input events.ndjson; npm start -- --help shows them all.')
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
    .parse(args, { from: 'user' });
  const options = command.opts<Options>();
  return {
    ...options,
    ...(options.input === undefined || options.input === '-' ? {} : { input: fromWhereNpmWasCalled(options.input) }),
    ...(options.data === undefined ? {} : { data: fromWhereNpmWasCalled(options.data) }),
  };
}

/** npm runs a script in the folder of its package.json and says where it was called itself. */
function fromWhereNpmWasCalled(path: string): string {
  return resolve(process.env['INIT_CWD'] ?? '.', path);
}

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}
