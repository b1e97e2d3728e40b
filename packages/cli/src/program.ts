import { readFileSync } from 'node:fs';
import tab from '@bomb.sh/tab/commander';
import { Command } from 'commander';
import { addBenchCommand } from './commands/bench.ts';
import { addConsumerCommands } from './commands/consumer.ts';
import { addDevCommand } from './commands/dev.ts';
import { addDlqCommands } from './commands/dlq.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addInstallCommands } from './commands/install.ts';
import { addQueueCommands } from './commands/queue.ts';
import { addSendCommand } from './commands/send.ts';
import { addStatusCommand } from './commands/status.ts';
import { addTailCommand } from './commands/tail.ts';
import { addTickerCommand } from './commands/ticker.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

export function createProgram(): Command {
  const program = new Command('pgque')
    .description('Queues in PostgreSQL: install, look at and operate them.')
    .version(version)
    .option('--url <url>', 'where to connect to  [default: DATABASE_URL, else the PG* variables]')
    .option('--json', 'print JSON, for machines')
    .showHelpAfterError('(run it with --help to see what it takes)')
    .exitOverride()
    .addHelpText(
      'after',
      '\nExit status: 0 done, 1 failed, 2 bad usage, 3 no connection, 4 doctor found a failure, 5 not confirmed.',
    );
  addInstallCommands(program);
  addDoctorCommand(program);
  addStatusCommand(program);
  addQueueCommands(program);
  addConsumerCommands(program);
  addSendCommand(program);
  addTailCommand(program);
  addDlqCommands(program);
  addTickerCommand(program);
  addDevCommand(program);
  addBenchCommand(program);
  tab(program, { completionCommandName: 'completion' });
  return program;
}
