import type { Command } from 'commander';
import type { DeadLetter } from 'pgque';
import { CliError } from '../cli-error.ts';
import { confirm } from '../confirm.ts';
import { exitCodes } from '../exit-codes.ts';
import { toCount, toId, toMilliseconds } from '../parse.ts';
import { withSession } from '../session.ts';

/** How many of the newest are searched for one. */
const searched = 10_000;

export function addDlqCommands(program: Command): void {
  const dlq = program.command('dlq').description('look at dead letters, send them again, delete them');

  dlq
    .command('list')
    .description('the newest dead letters of a queue')
    .argument('<queue>')
    .option('--limit <count>', 'how many', toCount, 20)
    .action(
      withSession<{ limit: number }>(async ({ client, printer }, [queue = ''], { limit }) => {
        const columns = ['deadLetterId', 'diedAt', 'consumer', 'type', 'retryCount', 'reason', 'rawPayload'] as const;
        const letters = await client.dlq.inspect(queue, limit);
        printer.rows(printer.isJson ? letters : letters.map(shortened), columns, `Queue ${queue} has no dead letters.`);
      }),
    );

  dlq
    .command('show')
    .description('all of one dead letter')
    .argument('<queue>')
    .argument('<id>', 'as dlq list names it', toId)
    .action(
      withSession(async ({ client, printer }, [queue = '', id]) => {
        const letters = await client.dlq.inspect(queue, searched);
        const letter = letters.find(({ deadLetterId }) => deadLetterId === (id as unknown as bigint));
        if (letter) return printer.record(letter);
        throw new CliError(
          exitCodes.failed,
          `there is no dead letter ${id} among the newest ${searched} of ${queue}`,
          `See: pgque dlq list ${queue}`,
        );
      }),
    );

  dlq
    .command('replay')
    .description('send a dead letter again, or all of a queue')
    .argument('[id]', 'as dlq list names it', toId)
    .option('--all <queue>', 'all dead letters of this queue')
    .action(
      withSession<{ all?: string }>(async ({ client, printer }, [id], { all }) => {
        if ((id === undefined) === (all === undefined)) {
          throw new CliError(exitCodes.usage, 'say which: an id, or --all <queue>');
        }
        if (all !== undefined) {
          const result = await client.dlq.replayAll(all);
          printer.done(result, `Sent ${result.replayed} again.`);
          if (result.failed === 0) return;
          throw new CliError(exitCodes.failed, `${result.failed} could not be sent and stayed: ${result.firstError}`);
        }
        const eventId = await client.dlq.replay(id as unknown as bigint);
        printer.done({ deadLetterId: id, eventId }, `Sent dead letter ${id} again, as event ${eventId}.`);
      }),
    );

  dlq
    .command('purge')
    .description('delete the dead letters of a queue')
    .argument('<queue>')
    .option('--older-than <duration>', 'only those that are older, such as 12h or 7d', toMilliseconds, 30 * 86_400_000)
    .option('--yes', 'do not ask')
    .action(
      withSession<{ olderThan: number; yes?: boolean }>(async ({ client, printer }, [queue = ''], options) => {
        const days = options.olderThan / 86_400_000;
        await confirm(`Dead letters of ${queue} older than ${Number(days.toFixed(2))} days will be deleted.`, options);
        const purged = await client.dlq.purge(queue, { olderThanMs: options.olderThan });
        printer.done({ queue, purged }, `Deleted ${purged}.`);
      }),
    );
}

/** So that a table keeps its shape. */
function shortened(letter: DeadLetter): object & DeadLetter {
  const short = (text: string | null): string | null =>
    text !== null && text.length > 60 ? `${text.slice(0, 59)}…` : text;
  return { ...letter, rawPayload: short(letter.rawPayload), reason: short(letter.reason) };
}
