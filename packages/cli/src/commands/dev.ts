import { createTicker } from '@pgque/consumer';
import type { Command } from 'commander';
import { connect, install } from 'pgque';
import { CliError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';
import { toCount } from '../parse.ts';
import { type GlobalOptions, printerOf } from '../session.ts';
import { untilSignal } from '../until-signal.ts';

interface DevOptions extends GlobalOptions {
  readonly pg: number;
  readonly port?: number;
  readonly data?: string;
}

export function addDevCommand(program: Command): void {
  program
    .command('dev')
    .description('a PostgreSQL server with the engine and a ticker, for development; gone when it is stopped')
    .option('--pg <major>', 'PostgreSQL 14 to 18', toCount, 17)
    .option('--port <port>', 'TCP port  [default: a free one]', toCount)
    .option('--data <folder>', 'keep the data there')
    .action(async (_options: object, command: Command) => {
      const { pg: major, port, data, ...global } = command.optsWithGlobals<DevOptions>();
      const { isMajor, startServer } = await loadEmbedded();
      if (!isMajor(major)) throw new CliError(exitCodes.usage, `there is no PostgreSQL ${major}: 14 to 18`);
      const signal = untilSignal();
      await using server = await startServer({
        major,
        ...(port === undefined ? {} : { port }),
        ...(data === undefined ? {} : { dataDirectory: data }),
      });
      await using client = await connect(server.url);
      await install(client);
      await using ticker = createTicker(client);
      await ticker.start();
      printerOf(global).done(
        { url: server.url, pg: major },
        `${server.url}\nReady, with a ticker. Stop it with Ctrl-C.`,
      );
      if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    });
}

async function loadEmbedded(): Promise<typeof import('@pgque/embedded')> {
  try {
    return await import('@pgque/embedded');
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    if (code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new CliError(exitCodes.failed, 'the embedded server is not installed', 'Run: npm install @pgque/embedded');
  }
}
