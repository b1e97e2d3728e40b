import type { Command } from 'commander';
import { type Installation, install, migrate, plan } from 'pgque';
import { confirm } from '../confirm.ts';
import type { Printer } from '../printer.ts';
import { withSession } from '../session.ts';

export function addInstallCommands(program: Command): void {
  program
    .command('install')
    .description('install the engine in the database, or bring an older one up to date')
    .action(withSession(async ({ client, printer }) => report(printer, await install(client))));

  program
    .command('migrate')
    .description('bring an installed engine up to date')
    .action(withSession(async ({ client, printer }) => report(printer, await migrate(client))));

  program
    .command('plan')
    .description('print the SQL that install would run; nothing when the database is up to date')
    .option('--full', 'everything, without looking at a database')
    .action(async (options: { readonly full?: boolean }, command: Command) => {
      if (options.full) process.stdout.write(await plan());
      else await withSession(async ({ client }) => void process.stdout.write(await plan(client)))(options, command);
    });

  program
    .command('uninstall')
    .description('remove the engine with all queues and all events')
    .option('--yes', 'do not ask')
    .action(
      withSession<{ yes?: boolean }>(async ({ client, printer }, _args, options) => {
        const queues = (await client.queueStats()).length;
        await confirm(
          `The engine, ${queues} ${queues === 1 ? 'queue' : 'queues'} and all their events will be removed.`,
          options,
        );
        await client.uninstall();
        printer.done({ uninstalled: true, queues }, `Removed, with ${queues} ${queues === 1 ? 'queue' : 'queues'}.`);
      }),
    );
}

function report(printer: Printer, { from, to }: Installation): void {
  const sentence =
    from === null
      ? `Installed PgQue ${to.version}.`
      : from.version === to.version && from.schemaVersion === to.schemaVersion
        ? `PgQue ${to.version} is there already.`
        : `Brought PgQue ${from.version} to ${to.version}.`;
  printer.done({ from, to }, sentence);
}
