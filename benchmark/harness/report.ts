import { queues } from '../peers/index.ts';
import type { Peer } from '../peers/peer.ts';
import { formatNumber, labelOf } from './labels.ts';
import type { Results } from './results.ts';
import type { Metric, Point, Scenario } from './scenario.ts';
import { type Cell, findLeads, type Judgement, judgeClaims, keyOf, type Lead, ScenarioResults } from './summary.ts';

const mostColumns = 6;
const busyLoad = 1.5;

export interface ReportOptions {
  /** Which charts there are, and where, as seen from the report. */
  readonly chartAt: (file: string) => string | undefined;
}

/** The report of a run, from its raw data alone. */
export function renderReport(scenarios: readonly Scenario[], results: Results, options: ReportOptions): string {
  const all = results.facts.servers.flatMap(({ major }) =>
    scenarios.map((scenario) => new ScenarioResults(scenario, major, results)),
  );
  const measured = all.filter(({ isEmpty }) => !isEmpty);
  return [
    ...renderFacts(results),
    ...renderClaims(judgeClaims(scenarios, results)),
    ...renderLeads(measured),
    ...scenarios.flatMap((scenario) =>
      renderScenario(
        scenario,
        measured.filter((its) => its.scenario === scenario),
        options,
      ),
    ),
    ...renderSides(scenarios, results),
  ].join('\n');
}

export function chartFile(scenario: Scenario, metric: Metric, major: number): string {
  return `${scenario.name}-${metric.key}-pg${major}.svg`;
}

/** Rows of a table in Markdown, columns as wide as they must be. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = header.map((title, column) =>
    Math.max(3, title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(header), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line), ''];
}

function renderFacts({ facts }: Results): string[] {
  const { machine, servers } = facts;
  const isBusy = facts.loadBefore >= busyLoad;
  return [
    `Measured on ${facts.date.slice(0, 10)} at commit ${facts.commit}${facts.hasUncommittedChanges ? ' with uncommitted changes' : ''}, ` +
      `with Node ${facts.node.slice(1)}, as \`npm run bench -- --${facts.scale}\`.`,
    '',
    `The machine: ${machine.cores} cores (${machine.processor}), ${machine.memoryGib} GiB; writing 8 KiB to its disk for good takes ` +
      `${machine.fdatasyncMicroseconds} µs. Servers and what is measured share it. Load before the start: ${facts.loadBefore}.`,
    '',
    ...(isBusy ? ['**The machine was busy: nothing here is evidence.**', ''] : []),
    ...(facts.isEvidence ? [] : ['**This was not a full run of everything: nothing here is evidence.**', '']),
    'Sides are measured in turns, A B C, C B A, each in a new copy of a database of its own, and medians count. Ratios of one ' +
      'run are results. Absolute figures are illustrations: they are those of this machine on that day.',
    '',
    ...table(
      ['PostgreSQL', 'from', 'settings'],
      servers.map(({ version, origin, settings }) => [
        version,
        origin,
        Object.entries(settings)
          .map(([name, value]) => `${name} ${value}`)
          .join(', '),
      ]),
    ),
  ];
}

function renderClaims(judgements: readonly Judgement[]): string[] {
  if (judgements.length === 0) return [];
  const rows = judgements.map(({ claim, major, value, verdict }) => {
    const sign = claim.bound === 'at least' ? '≥' : '≤';
    const aim = claim.aim === undefined ? '' : `${sign} ${claim.aim}`;
    return [
      claim.text,
      `${major}`,
      value === undefined ? '' : formatNumber(value),
      `${sign} ${claim.must}`,
      aim,
      verdict,
    ];
  });
  return ['## What must be so', '', ...table(['what', 'PostgreSQL', 'measured', 'must', 'aim', ''], rows)];
}

function renderLeads(measured: readonly ScenarioResults[]): string[] {
  const lines = measured.flatMap((its) => {
    const leads = findLeads(its);
    return [...new Set(leads.map(({ side }) => side))].map((side) => {
      const texts = its.scenario.metrics.flatMap((metric) =>
        renderLead(leads.filter((lead) => lead.side === side && lead.metric === metric)),
      );
      return `- ${its.scenario.question} **${side}** (PostgreSQL ${its.major}): ${texts.join('; ')}.`;
    });
  });
  return [
    '## Where others are better',
    '',
    ...(lines.length > 0 ? lines : ['Nowhere in what was measured.']),
    '',
    'Why one would pick them, whatever is measured here:',
    '',
    ...queues.map(({ name, strength }) => `- **${name}**: ${strength}.`),
    '',
  ];
}

/** The clearest of one side by one metric. */
function renderLead(leads: readonly Lead[]): string[] {
  const [lead] = leads.toSorted((a, b) => b.times - a.times);
  if (!lead) return [];
  const { metric, value, own, times, point } = lead;
  const unit = metric.unit === '' ? '' : ` ${metric.unit}`;
  const where = [labelOf(point), leads.length > 1 ? `and at ${leads.length - 1} more` : ''].filter(Boolean).join(', ');
  const figures = `${formatNumber(value)}${unit} where PgQue has ${formatNumber(own)}${unit}`;
  return [`${metric.title} ${figures}, ${formatNumber(times)} times better${where ? ` (${where})` : ''}`];
}

function renderScenario(
  scenario: Scenario,
  measured: readonly ScenarioResults[],
  { chartAt }: ReportOptions,
): string[] {
  if (measured.length === 0) return [];
  return [
    `## ${scenario.question}`,
    '',
    scenario.how,
    '',
    ...measured.flatMap((its) => [
      ...scenario.metrics.flatMap((metric) => {
        const chart = chartAt(chartFile(scenario, metric, its.major));
        const title = `${metric.title}${metric.unit ? `, ${metric.unit}` : ''}, PostgreSQL ${its.major}`;
        return [...renderMetric(its, metric, title), ...(chart === undefined ? [] : [`![${title}](${chart})`, ''])];
      }),
      ...(its.reasons.length > 0 ? [...its.reasons.map((reason) => `- ${reason}.`), ''] : []),
    ]),
  ];
}

function renderMetric(its: ScenarioResults, metric: Metric, title: string): string[] {
  const points = pick(
    its.points.filter((point) => its.sides.some((side) => its.value(side, point, metric.key) !== undefined)),
  );
  if (points.length === 0) return [];
  const limit = its.scenario.sides.find(({ kind, name }) => kind === 'limit' && its.sides.includes(name))?.name;
  const rows = its.sides.map((side) => [
    side,
    ...points.map((point) => {
      const cell = its.cell(side, point, metric.key);
      const ratio = limit === undefined || side === limit ? undefined : its.ratio(side, limit, point, metric.key);
      return `${renderCell(cell)}${ratio === undefined ? '' : ` (${formatNumber(ratio)} x)`}`;
    }),
  ]);
  const against = limit === undefined ? '' : `; in brackets against ${limit}`;
  return [
    `${title[0]?.toUpperCase()}${title.slice(1)}${against}:`,
    '',
    ...table(['', ...points.map((point) => labelOf(point))], rows),
  ];
}

function renderCell(cell: Cell): string {
  if (cell.kind === 'nothing') return '';
  return cell.kind === 'value' ? formatNumber(cell.value) : cell.kind;
}

function renderSides(scenarios: readonly Scenario[], { facts }: Results): string[] {
  const sides = new Map(
    scenarios.flatMap((scenario) => scenario.sides).map((side): [string, Peer] => [side.name, side]),
  );
  const rows = [...sides.values()].flatMap((side) => {
    const its = facts.servers.flatMap(({ peers }) => peers.filter(({ name }) => name === side.name));
    if (its.length === 0) return [];
    const versions = [...new Set(its.map(({ version }) => version).filter(Boolean))].join(', ');
    return [[side.name, versions || (its.find(({ missing }) => missing)?.missing ?? ''), side.setting]];
  });
  return ['## Sides and their settings', '', ...table(['side', 'version', 'setting'], rows)];
}

/** The first, the last and some in between. */
function pick(points: readonly Point[]): readonly Point[] {
  if (points.length <= mostColumns) return points;
  const indexes = Array.from({ length: mostColumns }, (_, index) =>
    Math.round((index * (points.length - 1)) / (mostColumns - 1)),
  );
  const picked = new Map(indexes.map((index) => points[index] ?? {}).map((point) => [keyOf(point), point]));
  return [...picked.values()];
}
