// The command of the suite: `npm run conformance -- --all`; see README.md.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { isMajor, type Major, majors } from '@pgque/embedded';
import { loadClients } from './clients.ts';
import { describeClients } from './describe-clients.ts';
import { type Party, runInterop } from './interop.ts';
import { loadScenarios } from './load-scenarios.ts';
import { findHoles, toMatrix } from './matrix.ts';
import { describeFailures, toJUnit, toTable } from './report.ts';
import { ClientDrivers, type Result } from './run-client.ts';
import { runSuite } from './run-suite.ts';
import { type Level, levels } from './scenario.ts';
import { fits, selectCases } from './select.ts';
import { openServer } from './servers.ts';
import { runTorture } from './torture/run-torture.ts';
import type { ConformanceServer } from './world.ts';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    all: { type: 'boolean', default: false },
    client: { type: 'string' },
    scenario: { type: 'string' },
    pg: { type: 'string' },
    level: { type: 'string', default: 'required' },
    json: { type: 'string' },
    junit: { type: 'string' },
    seed: { type: 'string' },
    seconds: { type: 'string', default: '60' },
    width: { type: 'string', default: '3' },
    docs: { type: 'boolean', default: false },
  },
});

const clients = chooseClients();
const [command = 'scenarios'] = positionals;
if (options.docs) process.exitCode = await writeMatrix();
else if (command === 'torture') process.exitCode = await torture();
else if (command === 'scenarios') process.exitCode = await runScenarios();
else fail(`there is no ${command}: leave it out, or say torture`);

/** Between the chosen clients whose toolchains are there. */
async function tryInterop(server: ConformanceServer): Promise<Result[]> {
  await using opened = new AsyncDisposableStack();
  const parties: Party[] = [];
  for (const client of clients) {
    const command = await client.prepare();
    if (command) parties.push({ client, drivers: opened.use(new ClientDrivers(command)) });
  }
  return await runInterop(parties, server);
}

async function writeMatrix(): Promise<number> {
  const { described, missing } = await describeClients();
  if (missing.length > 0) fail(`these cannot be asked: ${missing.map(({ name }) => name).join(', ')}`);
  writeFileSync(new URL('../../docs/reference/clients.md', import.meta.url), toMatrix(described));
  const holes = findHoles(described);
  for (const hole of holes) console.error(hole);
  return holes.length === 0 ? 0 : 1;
}

async function torture(): Promise<number> {
  const seed = options.seed === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(options.seed);
  const startedAt = performance.now();
  const tell = (line: string): void => console.log(`${((performance.now() - startedAt) / 1000).toFixed(1)} s  ${line}`);
  const major = toMajor(options.pg ?? '17');
  tell(`seed ${seed}`);
  const { faults, ...figures } = await runTorture({ clients, major, seconds: Number(options.seconds), seed, tell });
  console.log(JSON.stringify(figures));
  for (const fault of faults.slice(0, 50)) console.error(fault);
  console.log(faults.length === 0 ? 'the books balance' : `${faults.length} faults; again with --seed ${seed}`);
  return faults.length === 0 ? 0 : 1;
}

async function runScenarios(): Promise<number> {
  const level = options.all
    ? 'optional'
    : (levels.find((each) => each === options.level) ?? fail(`no level ${options.level}`));
  const all = loadScenarios();
  const scenarios = options.scenario?.split(',');
  const results: Result[] = [];
  for (const { major, onlySmoke } of chooseMajors(level)) {
    await using server = await openServer(major);
    const cases = selectCases(all, { scenarios, level, onlySmoke });
    const run = await runSuite({ clients, servers: [{ server, cases }], width: Number(options.width), onResult: tell });
    results.push(...run);
    if (!onlySmoke && (scenarios?.some((pattern) => fits('interop/all', pattern)) ?? true)) {
      const interop = await tryInterop(server);
      for (const result of interop) tell(result);
      results.push(...interop);
    }
  }
  return report(results);
}

/** With PGQUE_TEST_URL that server; else those that are named; with `--all` all; else one, and a smoke on the others. */
function chooseMajors(level: Level): { major: Major | undefined; onlySmoke: boolean }[] {
  if (process.env['PGQUE_TEST_URL']) return [{ major: undefined, onlySmoke: false }];
  if (options.pg !== undefined)
    return options.pg.split(',').map((text) => ({ major: toMajor(text), onlySmoke: false }));
  if (options.all || level !== 'required') return majors.map((major) => ({ major, onlySmoke: false }));
  return [{ major: 17, onlySmoke: false }];
}

function toMajor(text: string): Major {
  const major = Number(text);
  return isMajor(major) ? major : fail(`no PostgreSQL ${text}: choose out of ${majors.join(', ')}`);
}

function chooseClients() {
  const known = loadClients();
  const wanted = options.client?.split(',');
  const unknown = wanted?.filter((name) => !known.some((client) => client.name === name)) ?? [];
  if (unknown.length > 0)
    fail(`no client ${unknown.join(', ')}: there are ${known.map(({ name }) => name).join(', ')}`);
  return known.filter(({ name }) => wanted?.includes(name) ?? true);
}

function tell({ client, major, name, status, reason }: Result): void {
  if (status === 'failed') console.error(`FAILED ${client} on PostgreSQL ${major}: ${name}\n    ${reason}`);
}

/** The exit code: what failed, and with CI=true also what did not run. */
function report(results: readonly Result[]): number {
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(results, null, 1)}\n`);
  if (options.junit !== undefined) writeFileSync(options.junit, toJUnit(results));
  console.log(`\n${toTable(results)}`);
  const failures = describeFailures(results);
  const notRun = results.filter(({ status }) => status === 'not-run').length;
  console.log(`\n${results.length} cases, ${failures.length} failed${notRun > 0 ? `, ${notRun} not run` : ''}`);
  return failures.length > 0 || (process.env['CI'] && notRun > 0) ? 1 : 0;
}

function fail(sentence: string): never {
  console.error(sentence);
  process.exit(2);
}
