// Measures, keeps the raw data, and writes the report: `npm run bench -- --help`.
import { join } from 'node:path';
import { scenarios } from '../scenarios/index.ts';
import { BenchServer } from './bench-server.ts';
import { installPeersOfDebian } from './debian-packages.ts';
import { commitFacts, loadNow, machineFacts, type ServerFacts } from './facts.ts';
import { type BenchOptions, parseOptions, usage } from './options.ts';
import { Progress } from './progress.ts';
import { ResultsWriter, readResults, resultsFolder } from './results.ts';
import { countTurns, runScenario } from './run.ts';
import { judgeClaims } from './summary.ts';
import { writeReport } from './write-report.ts';

if (process.argv.includes('--help')) {
  process.stdout.write(usage);
  process.exit(0);
}
const options = readOptions();
const folder = options.report === undefined ? await measure(options) : join(resultsFolder, options.report);
await writeReport(folder);
const results = readResults(folder);
const missed = judgeClaims(scenarios, results).filter(({ verdict }) => verdict === 'missed');
const broken = results.samples.filter((sample) => sample.void !== undefined || sample.failed !== undefined);
for (const { claim, major, value } of missed)
  console.error(`PostgreSQL ${major}: ${claim.text}: ${value}, must ${claim.must}`);
for (const { scenario, side, void: lost, failed } of broken) console.error(`${scenario}, ${side}: ${lost ?? failed}`);
console.error(`The report is in ${folder}`);
// Counts as small as those of a quick run say nothing about claims.
const isJudged = results.facts.scale !== 'quick';
process.exitCode = broken.length > 0 || (isJudged && missed.length > 0) ? 1 : 0;

function readOptions(): BenchOptions {
  try {
    return parseOptions(process.argv.slice(2), scenarios);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`);
    process.exit(2);
  }
}

async function measure({ scale, majors, chosen, isChosen, isJson, isWhole }: BenchOptions): Promise<string> {
  if (scale === 'full') installPeersOfDebian();
  const base = {
    date: new Date().toISOString(),
    scale,
    ...commitFacts(),
    node: process.version,
    machine: machineFacts(),
    loadBefore: loadNow(),
  };
  const isEvidence = scale === 'full' && isWhole;
  const kind = isEvidence ? '' : `-${scale}${isWhole ? '' : '-part'}`;
  const writer = new ResultsWriter(join(resultsFolder, `${base.date.slice(0, 10)}-${base.machine.class}${kind}`));
  const servers: ServerFacts[] = [];
  const plan = majors.map((major, index) => ({
    major,
    its: chosen.filter((scenario) => index === 0 || scenario.majors === 'all'),
  }));
  const turns = plan.flatMap(({ its }) => its).map((scenario) => countTurns(scenario, { scale, isChosen }));
  const progress = new Progress(turns.reduce((sum, count) => sum + count, 0));
  for (const { major, its } of plan) {
    await using server = await BenchServer.start(major);
    const number = servers.length;
    for (const scenario of its) {
      progress.begin(`PostgreSQL ${major}  ${scenario.name}`);
      await runScenario(scenario, server, {
        scale,
        isChosen,
        onTurn: ({ side, point, round }) => progress.step(`${side} ${Object.values(point).join(' ')} #${round + 1}`),
        onSample: (sample) => {
          writer.append(sample);
          if (isJson) process.stdout.write(`${JSON.stringify(sample)}\n`);
        },
      });
      servers[number] = await server.facts();
      // A run that does not come to its end is no evidence.
      writer.writeFacts({ ...base, isEvidence: false, servers });
    }
  }
  writer.writeFacts({ ...base, isEvidence, servers });
  progress.end();
  return writer.folder;
}
