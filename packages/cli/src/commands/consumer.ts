import type { Command } from 'commander';
import { confirm } from '../confirm.ts';
import { toPosition, toStart } from '../parse.ts';
import { withSession } from '../session.ts';

export function addConsumerCommands(program: Command): void {
  const consumer = program.command('consumer').description('look at consumers and move them');

  consumer
    .command('list')
    .description('where each consumer stands')
    .argument('[queue]', 'of this queue only')
    .action(
      withSession(async ({ client, printer }, [queue]) => {
        printer.rows(await client.consumerStats(queue ?? null), consumerColumns, 'There are no consumers.');
      }),
    );

  consumer
    .command('subscribe')
    .description('subscribe a consumer')
    .argument('<queue>')
    .argument('<consumer>')
    .argument('[from]', 'latest, earliest or a time', toStart, 'latest')
    .action(
      withSession(async ({ client, printer }, [queue = '', name = '', from]) => {
        const subscribed = (await client.subscribe(queue, name, from as ReturnType<typeof toStart>)) === 1;
        const sentence = subscribed ? `Subscribed ${name} to ${queue}.` : `${name} was subscribed to ${queue} already.`;
        printer.done({ queue, consumer: name, subscribed }, sentence);
      }),
    );

  consumer
    .command('seek')
    .description('move a consumer: it gets again, or never, what lies between')
    .argument('<queue>')
    .argument('<consumer>')
    .argument('<to>', 'latest, earliest, a time, or the id of a tick', toPosition)
    .option('--yes', 'do not ask')
    .action(
      withSession<{ yes?: boolean }>(async ({ client, printer }, [queue = '', name = '', to], options) => {
        await confirm(`${name} of ${queue} will be moved to ${String(to)}.`, options);
        const tickId = await client.seek(queue, name, to as unknown as ReturnType<typeof toPosition>);
        printer.done({ queue, consumer: name, tickId }, `${name} of ${queue} stands at tick ${tickId}.`);
      }),
    );

  consumer
    .command('unsubscribe')
    .description('end a subscription')
    .argument('<queue>')
    .argument('<consumer>')
    .option('--discard-retries', 'also when messages wait for their redelivery; they are thrown away')
    .option('--yes', 'do not ask')
    .action(
      withSession<{ discardRetries?: boolean; yes?: boolean }>(
        async ({ client, printer }, [queue = '', name = ''], options) => {
          await confirm(`${name} of ${queue} will lose its position.`, options);
          const ended =
            (await client.unsubscribe(queue, name, { discardRetries: options.discardRetries ?? false })) === 1;
          const sentence = ended ? `Unsubscribed ${name} from ${queue}.` : `${name} was not subscribed to ${queue}.`;
          printer.done({ queue, consumer: name, unsubscribed: ended }, sentence);
        },
      ),
    );
}

export const consumerColumns = [
  'queue',
  'consumer',
  'lagMs',
  'lastSeenMs',
  'pendingEventsEstimate',
  'batchId',
  'batchAgeMs',
  'retriesPending',
  'deadLetters',
] as const;
