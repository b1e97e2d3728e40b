import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scenarios } from '../scenarios/index.ts';
import { drawChart } from './charts.ts';
import { chartFile, renderReport } from './report.ts';
import { readResults } from './results.ts';
import { ScenarioResults } from './summary.ts';

/** Writes the report and the charts of a folder of results, from its raw data alone. */
export async function writeReport(folder: string): Promise<void> {
  const results = readResults(folder);
  for (const file of readdirSync(folder)) if (file.endsWith('.svg')) rmSync(join(folder, file));
  for (const { major } of results.facts.servers) {
    for (const scenario of scenarios) {
      const its = new ScenarioResults(scenario, major, results);
      for (const metric of scenario.metrics) {
        const chart = await drawChart(its, metric);
        if (chart !== undefined) writeFileSync(join(folder, chartFile(scenario, metric, major)), chart);
      }
    }
  }
  const chartAt = (file: string): string | undefined => (existsSync(join(folder, file)) ? file : undefined);
  writeFileSync(join(folder, 'report.md'), `# Benchmarks\n\n${renderReport(scenarios, results, { chartAt })}`);
}
