import type { Command } from 'commander';
import { type Client, type ConnectOptions, connect } from 'pgque';
import { Printer } from './printer.ts';

/** What every command takes. */
export interface GlobalOptions {
  readonly url?: string;
  readonly json?: boolean;
}

export interface Session {
  readonly client: Client;
  readonly printer: Printer;
}

/** Where to connect to: `--url`, DATABASE_URL, or what the PG* variables say. */
export function connectOptions({ url = process.env['DATABASE_URL'] }: GlobalOptions): ConnectOptions {
  const base = { applicationName: 'pgque-cli', maxConnections: 4 };
  return url ? { ...base, url } : base;
}

/**
 * The action of a command: connects, runs it, and closes whatever happens. What commander passes are the arguments, the
 * options and the command.
 */
export function withSession<Options extends object>(
  run: (session: Session, args: readonly string[], options: Options) => Promise<void>,
): (...passed: unknown[]) => Promise<void> {
  return async (...passed) => {
    const command = passed.at(-1) as Command;
    const options = command.optsWithGlobals<Options & GlobalOptions>();
    await using client = await connect(connectOptions(options));
    await run({ client, printer: printerOf(options) }, command.processedArgs as string[], options);
  };
}

export function printerOf({ json = false }: GlobalOptions): Printer {
  return new Printer(json);
}
