import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { progress } from '@clack/prompts';
import type { Command } from 'commander';
import type { Client } from 'pgque';
import { CliError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Printer } from '../printer.ts';
import { withSession } from '../session.ts';

interface SendOptions {
  readonly type: string;
  readonly file?: string;
  readonly ndjson?: true | string;
}

const batchSize = 1000;

export function addSendCommand(program: Command): void {
  program
    .command('send')
    .description('send one event, or many from lines of JSON')
    .argument('<queue>')
    .argument('[payload]', 'JSON; what is no JSON is sent as a text')
    .option('--type <type>', 'type of the event', 'default')
    .option('--file <path>', 'the payload is what this file holds')
    .option('--ndjson [path]', 'one payload per line, from standard input or a file')
    .action(
      withSession<SendOptions>(async ({ client, printer }, [queue = '', argument], options) => {
        const sources = [argument, options.file, options.ndjson].filter((source) => source !== undefined);
        if (sources.length !== 1) {
          throw new CliError(exitCodes.usage, 'say what to send: a payload, --file <path>, or --ndjson');
        }
        if (options.ndjson !== undefined) return await sendLines(client, printer, queue, options);
        const text = argument ?? (await readFile(options.file ?? '', 'utf8').catch(refuseFile));
        const id = await client.send(queue, { type: options.type, payload: parse(text) });
        printer.done({ queue, id }, `Sent event ${id}.`);
      }),
    );
}

/** In batches, each a transaction of its own. What was sent before a bad line is told, so that one can go on behind it. */
async function sendLines(
  client: Client,
  printer: Printer,
  queue: string,
  { type, ndjson }: SendOptions,
): Promise<void> {
  const input = typeof ndjson === 'string' ? createReadStream(ndjson) : process.stdin;
  const bar =
    process.stderr.isTTY && !printer.isJson ? progress({ output: process.stderr, style: 'light' }) : undefined;
  bar?.start('Sending');
  let line = 0;
  let sent = 0;
  let sentUpTo = 0;
  let batch: unknown[] = [];
  const flush = async (): Promise<void> => {
    if (batch.length > 0) await client.sendBatch(queue, type, batch);
    sent += batch.length;
    sentUpTo = line;
    batch = [];
    bar?.message(`${sent} sent`);
  };
  try {
    // A file that cannot be read is reported by the stream, behind the back of readline.
    const broken = new Promise<never>((_, reject) => input.once('error', reject));
    broken.catch(() => {});
    const lines = createInterface({ input })[Symbol.asyncIterator]();
    for (;;) {
      const { value: text, done } = await Promise.race([lines.next(), broken]);
      if (done) break;
      line += 1;
      if (text.trim() === '') continue;
      try {
        batch.push(JSON.parse(text));
      } catch {
        throw new CliError(exitCodes.failed, `line ${line} is no JSON`);
      }
      if (batch.length === batchSize) await flush();
    }
    await flush();
    bar?.stop(`${sent} sent`);
    printer.done({ queue, sent }, `Sent ${sent} events.`);
  } catch (error) {
    bar?.error('stopped');
    const hint =
      sent === 0 ? 'Nothing was sent.' : `The ${sent} events up to line ${sentUpTo} were sent, and none after it.`;
    if (error instanceof CliError) throw new CliError(error.exitCode, error.message, hint);
    if ((error as { code?: unknown }).code === 'ENOENT') return refuseFile(error as Error);
    process.stderr.write(`${hint}\n`);
    throw error;
  }
}

function refuseFile(error: Error): never {
  throw new CliError(exitCodes.usage, `the file cannot be read: ${error.message}`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text.replace(/\n$/, '');
  }
}
