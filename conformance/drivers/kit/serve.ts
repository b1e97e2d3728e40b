import { createInterface } from 'node:readline';
import { PgqueError } from 'pgque';
import { fromWire, toWire } from './wire.ts';

/** An op of the protocol: takes its arguments with the names of TypeScript, answers what is sent back. */
export type Op = (args: never) => unknown;
export type Ops = Readonly<Record<string, Op>>;

export interface DriverDescription {
  readonly client: string;
  readonly version: string;
  readonly capabilities: readonly string[];
  readonly ops: Ops;
  /** Ends everything in peace: at the end of stdin, and on SIGTERM. */
  readonly shutDown: () => Promise<void>;
}

interface Command {
  readonly id: number;
  readonly op: string;
  readonly args?: object;
}

/** The loop of a driver in TypeScript: JSON lines on stdin and stdout, commands at once, logs on stderr. */
export function serve({ client, version, capabilities, ops, shutDown }: DriverDescription): void {
  logToStderr();
  const hello = { protocol: 1, client, version, language: 'typescript', capabilities };
  const all: Ops = { hello: () => hello, ...ops };
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => void run(JSON.parse(line) as Command, all));
  const end = async (): Promise<void> => {
    await shutDown();
    process.exit(0);
  };
  lines.once('close', end);
  process.once('SIGTERM', end);
}

export function emit(event: string, fields: object): void {
  write({ event, ...(toWire(fields) as object) });
}

/** What is logged to the console: stdout belongs to the protocol. */
function logToStderr(): void {
  for (const method of ['debug', 'info', 'log', 'warn'] as const) console[method] = console.error;
}

async function run({ id, op, args = {} }: Command, ops: Ops): Promise<void> {
  try {
    const perform = ops[op];
    if (!perform) return write({ id, error: { code: 'unsupported', sqlstate: null } });
    write({ id, ok: toWire(await perform(fromWire(args) as never)) });
  } catch (error) {
    console.error(error);
    write({ id, error: describe(error) });
  }
}

function describe(error: unknown): object {
  if (error instanceof PgqueError) return { code: error.code, sqlstate: error.sqlstate ?? null };
  // What stands on the client says what happened to it as the cause.
  if (error instanceof Error && error.cause instanceof PgqueError) return describe(error.cause);
  const code = error instanceof Error && 'code' in error ? error.code : 'unexpected';
  return { code, sqlstate: null };
}

function write(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
