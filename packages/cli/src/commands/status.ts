import type { Command } from 'commander';
import { withSession } from '../session.ts';
import { consumerColumns } from './consumer.ts';
import { queueColumns } from './queue.ts';

export function addStatusCommand(program: Command): void {
  program
    .command('status')
    .description('what is installed, the queues and their consumers')
    .action(
      withSession(async ({ client, printer }) => {
        const [components, queues, consumers] = await Promise.all([
          client.status(),
          client.queueStats(),
          client.consumerStats(),
        ]);
        if (printer.isJson) {
          printer.json({ components, queues, consumers });
          return;
        }
        printer.title('Engine');
        printer.rows(components, ['component', 'status', 'detail'], '');
        printer.title('\nQueues');
        printer.rows(queues, queueColumns, 'None. Create one: pgque queue create <name>');
        printer.title('\nConsumers');
        printer.rows(consumers, consumerColumns, 'None.');
      }),
    );
}
