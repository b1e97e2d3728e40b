import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { Client, QueueConfig, QueueConfigChange } from 'pgque';
import { CliError } from '../cli-error.ts';
import { confirm } from '../confirm.ts';
import { exitCodes } from '../exit-codes.ts';
import { withSession } from '../session.ts';

/** The settings of a queue, with how each is read from the command line. */
const settings: Readonly<Record<keyof QueueConfig, (text: string) => number | boolean>> = {
  tickerMaxCount: toNumber,
  tickerMaxLagMs: toNumber,
  tickerIdlePeriodMs: toNumber,
  tickerPaused: toBoolean,
  externalTicker: toBoolean,
  rotationPeriodMs: toNumber,
  maxRetries: toNumber,
  maxConsumerLagMs: toNumber,
  disableInsert: toBoolean,
};
const settingHelp = `setting=value, such as maxRetries=3; of ${Object.keys(settings).join(', ')}; setting=default for its default`;

export function addQueueCommands(program: Command): void {
  const queue = program.command('queue').description('create, look at and change queues');

  queue
    .command('create')
    .description('create a queue')
    .argument('<name>', 'name of the queue')
    .argument('[settings...]', settingHelp, collectSettings)
    .action(
      withSession(async ({ client, printer }, [name = '', changes]) => {
        const created = (await client.createQueue(name, withoutDefaults(changes))) === 1;
        printer.done(
          { queue: name, created },
          created ? `Created queue ${name}.` : `Queue ${name} was there already; nothing was changed.`,
        );
      }),
    );

  queue
    .command('drop')
    .description('drop a queue with its events')
    .argument('<name>', 'name of the queue')
    .option('--force', 'also when consumers are subscribed; their subscriptions end')
    .option('--yes', 'do not ask')
    .action(
      withSession<{ force?: boolean; yes?: boolean }>(async ({ client, printer }, [name = ''], options) => {
        await client.getQueueConfig(name);
        await confirm(`Queue ${name} and its events will be dropped.`, options);
        await client.dropQueue(name, { force: options.force ?? false });
        printer.done({ queue: name, dropped: true }, `Dropped queue ${name}.`);
      }),
    );

  queue
    .command('list')
    .description('all queues: what waits in them, how old their newest tick is')
    .action(
      withSession(async ({ client, printer }) => {
        printer.rows(
          await client.queueStats(),
          queueColumns,
          'There are no queues. Create one: pgque queue create <name>',
        );
      }),
    );

  queue
    .command('config')
    .description('print the settings of a queue, or change some')
    .argument('<name>', 'name of the queue')
    .argument('[settings...]', settingHelp, collectSettings)
    .action(
      withSession(async ({ client, printer }, [name = '', changes]) => {
        if (changes) await client.setQueueConfig(name, changes as QueueConfigChange);
        printer.record(await client.getQueueConfig(name));
      }),
    );

  for (const [verb, description, run] of [
    [
      'pause',
      'stop ticking: events are kept, consumers get nothing new',
      (client: Client, name: string) => client.pauseQueue(name),
    ],
    ['resume', 'tick a paused queue again', (client: Client, name: string) => client.resumeQueue(name)],
  ] as const) {
    queue
      .command(verb)
      .description(description)
      .argument('<name>', 'name of the queue')
      .action(
        withSession(async ({ client, printer }, [name = '']) => {
          await run(client, name);
          printer.done(
            { queue: name, paused: verb === 'pause' },
            `Queue ${name} is ${verb === 'pause' ? 'paused' : 'ticked'}.`,
          );
        }),
      );
  }
}

export const queueColumns = [
  'queue',
  'eventsPerSecond',
  'tickerLagMs',
  'consumers',
  'slowestConsumer',
  'slowestLagMs',
  'pendingEventsEstimate',
  'retriesPending',
  'delayedPending',
  'deadLetters',
  'bytes',
] as const;

/** Called for each argument; commander hands what came before. */
function collectSettings(text: string, before: QueueConfigChange | undefined): QueueConfigChange {
  const [, name = '', value = ''] = /^([A-Za-z]+)=(.*)$/.exec(text) ?? [];
  const read = settings[name as keyof QueueConfig];
  if (!read) throw new InvalidArgumentError(`It must be ${settingHelp}.`);
  return { ...before, [name]: value === 'default' ? null : read(value) };
}

function withoutDefaults(changes: unknown): Partial<QueueConfig> | undefined {
  const entries = Object.entries((changes ?? {}) as QueueConfigChange).filter(([, value]) => value !== null);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function toNumber(text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text)) throw new CliError(exitCodes.usage, `not a number: ${text}`);
  return Number(text);
}

function toBoolean(text: string): boolean {
  if (text !== 'true' && text !== 'false') throw new CliError(exitCodes.usage, `neither true nor false: ${text}`);
  return text === 'true';
}
