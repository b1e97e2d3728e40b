// Prints what the engine reaches beside its limits on the same server, each ratio the median of several rounds in turns.
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { type Database, isMajor, type Server, startServer } from '@pgque/embedded';
import { Client } from 'pg';
import { idleTicker } from '../scenarios/idle-ticker.ts';
import { nack } from '../scenarios/nack.ts';
import { nackEach } from '../scenarios/nack-each.ts';
import { receive } from '../scenarios/receive.ts';
import { send } from '../scenarios/send.ts';
import { sendBatch } from '../scenarios/send-batch.ts';
import type { Figure, Round } from './figure.ts';
import { type PinnedHorizon, runPinnedHorizon } from './workloads/pinned-horizon.ts';

const figures: readonly Figure[] = [send, sendBatch, receive, nack, nackEach, idleTicker];

const { values: options } = parseArgs({
  options: {
    pg: { type: 'string', default: '15,17' },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
    'pinned-seconds': { type: 'string', default: '30' },
    json: { type: 'boolean', default: false },
  },
});
const majors = options.pg.split(',').map(Number).filter(isMajor);
const rounds = Number(options.rounds);
const pinnedSeconds = Number(options['pinned-seconds']);
const isPinnedChosen = pinnedSeconds > 0 && 'pinned horizon'.includes(options.only);
const chosen = figures.filter((figure) => figure.name.includes(options.only));
if (majors.length === 0 || !(rounds >= 1) || !(pinnedSeconds >= 0) || (chosen.length === 0 && !isPinnedChosen)) {
  console.error(
    'Usage: npm run bench -- [--pg 15,17] [--rounds 5] [--only part-of-a-name] [--pinned-seconds 30] [--json]',
  );
  process.exit(2);
}

const engine = await readFile(new URL(import.meta.resolve('@pgque/sql/pgque.sql')), 'utf8');
let isWithin = true;
for (const major of majors) {
  await using server = await startServer({ major, settings: { max_locks_per_transaction: 256, max_wal_size: '4GB' } });
  await using database = await installedDatabase(server);
  const client = new Client({ connectionString: database.url });
  await client.connect();
  for (const figure of chosen) {
    const result = await run(figure, client);
    isWithin &&= result.value <= figure.must;
    print(major, figure, result);
  }
  if (isPinnedChosen) {
    // In a database of its own: what other figures rolled back there are dead tuples too.
    await using untouched = await installedDatabase(server);
    const result = await runPinnedHorizon(untouched.url, pinnedSeconds);
    isWithin &&= isPinnedWithin(result);
    printPinned(major, result);
  }
  await client.end();
}
process.exitCode = isWithin ? 0 : 1;

async function installedDatabase(server: Server): Promise<Database> {
  const database = await server.createDatabase();
  const client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query(engine);
  await client.end();
  return database;
}

/** The round with the median value. */
async function run(figure: Figure, client: Client): Promise<Round> {
  await figure.prepare(client);
  const results: Round[] = [];
  for (let round = 0; round < rounds; round++) results.push(await figure.measure(client, round));
  results.sort((a, b) => a.value - b.value);
  const median = results[Math.floor(results.length / 2)];
  if (!median) throw new Error('no round was measured');
  return median;
}

function isPinnedWithin({ sent, received, deadTuples, storedRotations }: PinnedHorizon): boolean {
  return deadTuples === 0 && storedRotations <= 3 && received.every((messages) => messages === sent);
}

function printPinned(major: number, result: PinnedHorizon): void {
  if (options.json) {
    console.log(JSON.stringify({ major, name: 'pinned horizon', seconds: pinnedSeconds, ...result }));
    return;
  }
  console.log(
    `PostgreSQL ${major}  pinned xid, ${pinnedSeconds} s at 800 events/s: ${result.deadTuples} dead tuples (must 0), ` +
      `at most ${result.storedRotations.toFixed(2)} rotation periods of events stored (must 3), ${result.rotations} rotations, ` +
      `${result.sent} sent, ${result.received.join(' and ')} received, ` +
      `${mebibytes(result.firstQuarterBytes)} in the first quarter, ${mebibytes(result.lastQuarterBytes)} in the last  ` +
      (isPinnedWithin(result) ? 'ok' : 'MISSED'),
  );
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1048576).toFixed(1)} MiB`;
}

function print(major: number, figure: Figure, result: Round): void {
  if (options.json) {
    console.log(
      JSON.stringify({ major, name: figure.name, unit: figure.unit, must: figure.must, aim: figure.aim, ...result }),
    );
    return;
  }
  const verdict = result.value <= figure.aim ? 'aim reached' : result.value <= figure.must ? 'ok' : 'TOO SLOW';
  const times = [result.ownMs, result.limitMs].filter((ms) => ms !== undefined).map((ms) => `${ms.toFixed(2)} ms`);
  console.log(
    `PostgreSQL ${major}  ${figure.name.padEnd(52)} ${result.value.toFixed(2).padStart(6)} ${figure.unit.padEnd(2)}` +
      `  must ${figure.must}, aim ${figure.aim}  ${verdict.padEnd(11)}  (${times.join(' : ')}, against ${figure.against})`,
  );
}
