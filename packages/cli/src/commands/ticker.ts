import { createTicker } from '@pgque/consumer';
import type { Command } from 'commander';
import { withSession } from '../session.ts';
import { untilSignal } from '../until-signal.ts';

export function addTickerCommand(program: Command): void {
  program
    .command('ticker')
    .description('tick, move retries and rotate, until it is stopped; of several one works and the others stand by')
    .action(
      withSession(async ({ client, printer }) => {
        const signal = untilSignal();
        const ticker = createTicker(client);
        await ticker.start();
        const { state } = ticker.health();
        printer.done(
          { state },
          state === 'leading' ? 'Ticking. Stop it with Ctrl-C.' : 'Another ticker works; standing by.',
        );
        if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        await ticker.stop();
      }),
    );
}
