import { once } from 'node:events';
import { connect, install } from 'pgque';
import { startConsumers } from './consumers/start-consumers.ts';
import { waitForEnding } from './delivery.ts';
import { EngineMeter } from './engine-meter.ts';
import { type ExitCode, exitCode } from './exit-code.ts';
import { feed } from './feed.ts';
import { openInput } from './input/open-input.ts';
import type { Options } from './options.ts';
import type { Output } from './output.ts';
import { Persistence } from './persistence.ts';
import { Progress } from './progress.ts';
import { openQueue } from './queue.ts';
import { reckon } from './reckoning.ts';
import { resultLine } from './result.ts';
import { IndexServer } from './server.ts';
import { StopRequest } from './stop.ts';
import { openTables } from './tables.ts';
import { Tasks } from './tasks.ts';
import { runTicker } from './ticker.ts';
import { judge } from './verdict.ts';
import { openView } from './view/open-view.ts';

/** Events per second at which a person can follow the view. */
const watchableRate = 60;

/** Everything from the start of the server to its end; answers the exit code. */
export async function run(options: Options, output: Output, stop: AbortSignal): Promise<ExitCode> {
  const input = openInput(options);
  output.announce('Starting PostgreSQL …');
  await using server = await IndexServer.start(options, stop);
  await using client = await connect({
    url: server.database.url,
    applicationName: 'package-index',
    closeTimeoutMs: 2_000,
  });
  await install(client);
  await openQueue(client);
  const runId = await openTables(client);

  await using tasks = new Tasks(stop);
  const persistence = new Persistence(server, tasks.signal);
  const progress = new Progress();
  const engine = await EngineMeter.start(client);
  const books = { client, engine, progress, runId };
  const findings = startConsumers(tasks, { client, databaseUrl: server.database.url, persistence, progress, runId });
  tasks.start((signal) => runTicker(client, persistence, signal));
  const staysOpen = process.stdout.isTTY === true && !options.once;
  const rate = options.rate ?? (staysOpen && options.input === undefined ? watchableRate : undefined);
  const { onBroken } = options;
  tasks.start((signal) => feed({ client, persistence, progress, input, runId, onBroken, rate, output }, signal));

  await using view = openView({ output, engine, progress, input, findings, port: server.port });
  const ending = await waitForEnding(progress, tasks.signal);
  if (ending === 'delivered' && staysOpen) {
    view.show(judge(ending, await reckon(books), progress.refused));
    await untilStopped(tasks.signal);
  }
  await tasks.stop();
  const reckoning = await reckon(books);
  const verdict = judge(ending, reckoning, progress.refused);
  view.end(verdict, reckoning);
  if (options.json) process.stdout.write(`${resultLine(reckoning, verdict.exitCode === exitCode.agrees)}\n`);
  return verdict.exitCode;
}

/** Until somebody asks for the end; throws when a task fails. */
async function untilStopped(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
  if (!(signal.reason instanceof StopRequest)) throw signal.reason;
}
