import type { Result, Status } from './run-client.ts';

const statuses: readonly Status[] = ['passed', 'failed', 'known', 'not-declared', 'not-run'];

/** A row for each client and major: how many cases came to what. */
export function toTable(results: readonly Result[]): string {
  const groups = Map.groupBy(results, ({ client, major }) => `${client}\t${major}`);
  const header = ['client', 'PostgreSQL', ...statuses, 'seconds'];
  const rows = [...groups].map(([key, group]) => [
    ...key.split('\t'),
    ...statuses.map((status) => String(group.filter((result) => result.status === status).length)),
    (group.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1000).toFixed(1),
  ]);
  const widths = header.map((name, at) => Math.max(name.length, ...rows.map((row) => row[at]?.length ?? 0)));
  return [header, ...rows]
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** What did not pass, with its reason. */
export function describeFailures(results: readonly Result[]): string[] {
  return results
    .filter(({ status }) => status === 'failed')
    .map(({ client, major, name, reason }) => `${client} on PostgreSQL ${major}: ${name}\n    ${reason ?? ''}`);
}

/** A suite for each client and major, as JUnit has it. */
export function toJUnit(results: readonly Result[]): string {
  const groups = Map.groupBy(results, ({ client, major }) => `${client} on PostgreSQL ${major}`);
  const suites = [...groups].map(([name, group]) => {
    const failures = group.filter(({ status }) => status === 'failed').length;
    const skipped = group.filter(({ status }) => status !== 'failed' && status !== 'passed').length;
    return `<testsuite name="${name}" tests="${group.length}" failures="${failures}" skipped="${skipped}">\n${group.map(toTestCase).join('\n')}\n</testsuite>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join('\n')}\n</testsuites>\n`;
}

function toTestCase({ name, status, reason = '', durationMs }: Result): string {
  const head = `<testcase name="${escapeXml(name)}" time="${durationMs / 1000}"`;
  if (status === 'passed') return `${head}/>`;
  const tag = status === 'failed' ? 'failure' : 'skipped';
  return `${head}><${tag} message="${escapeXml(`${status}: ${reason}`)}"/></testcase>`;
}

function escapeXml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    '\n': '&#10;',
  };
  return [...text]
    .filter((character) => character === '\n' || character >= ' ')
    .map((character) => entities[character] ?? character)
    .join('');
}
