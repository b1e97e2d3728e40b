import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { labelOf } from './labels.ts';
import type { Metric } from './scenario.ts';
import type { ScenarioResults } from './summary.ts';

const width = 620;
const lineHeight = 280;
const barHeight = 14;
/** Ours stand out; the others keep their colour in every chart. */
const ownColours = ['#d1495b', '#e8871e', '#9c2c77', '#edae49'];
const otherColours = ['#00798c', '#30638e', '#66a182', '#8d96a3', '#5e548e', '#7f5539', '#444444'];

/** Of one metric, as SVG; nothing when there is nothing to be drawn. */
export async function drawChart(its: ScenarioResults, metric: Metric): Promise<string | undefined> {
  const spec = specOf(its, metric);
  if (!spec) return undefined;
  const view = new View(parse(compile(spec).spec), { renderer: 'none' });
  try {
    return `${await view.toSVG()}\n`;
  } finally {
    view.finalize();
  }
}

interface Datum {
  readonly side: string;
  readonly group: string;
  readonly x: number;
  readonly value: number;
}

function specOf(its: ScenarioResults, metric: Metric): TopLevelSpec | undefined {
  const { chart } = its.scenario;
  const values = dataOf(its, metric.key);
  // A bar for one side alone, and a line of one point, say no more than the table.
  const isLine = chart.kind === 'lines' && new Set(values.map(({ x }) => x)).size > 1;
  if (new Set(values.map(({ side, group, x }) => `${side} ${group} ${x}`)).size < 2) return undefined;
  const unit = metric.unit ? `${metric.title}, ${metric.unit}` : metric.title;
  const scale = { type: metric.axis ?? 'linear' } as const;
  const color = {
    field: 'side',
    type: 'nominal',
    title: null,
    sort: [...its.sides],
    scale: { domain: [...its.sides], range: coloursOf(its) },
  } as const;
  const base = {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    background: 'white',
    data: { values },
    padding: 12,
  };
  if (chart.kind === 'lines' && isLine) {
    return {
      ...base,
      width,
      height: lineHeight,
      title: `${unit} (PostgreSQL ${its.major})`,
      mark: { type: 'line', point: new Set(values.map(({ x }) => x)).size <= 20, strokeWidth: 2 },
      encoding: {
        x: { field: 'x', type: 'quantitative', title: chart.title, scale: { type: chart.isLog ? 'log' : 'linear' } },
        y: { field: 'value', type: 'quantitative', title: unit, scale },
        color,
        detail: { field: 'group' },
        ...(new Set(values.map(({ group }) => group)).size > 1
          ? { strokeDash: { field: 'group', type: 'nominal', title: null } }
          : {}),
      },
    };
  }
  return {
    ...base,
    width,
    height: { step: barHeight },
    title: `${unit} (PostgreSQL ${its.major})`,
    mark: 'bar',
    encoding: {
      y: { field: 'group', type: 'nominal', title: null, sort: null, axis: { labelLimit: 260 } },
      yOffset: { field: 'side', sort: [...its.sides] },
      // A bar has no place on an axis that has no zero.
      x: {
        field: 'value',
        type: 'quantitative',
        title: unit,
        scale: scale.type === 'log' ? { type: 'symlog' } : scale,
      },
      color,
    },
  };
}

function dataOf(its: ScenarioResults, metric: string): Datum[] {
  const { chart } = its.scenario;
  return its.points.flatMap((point) => {
    const { [chart.kind === 'lines' ? chart.x : '']: x = 0, ...rest } = point;
    return its.sides.flatMap((side) => {
      const value = its.value(side, point, metric);
      return value === undefined ? [] : [{ side, group: labelOf(rest), x: Number(x), value }];
    });
  });
}

function coloursOf(its: ScenarioResults): string[] {
  let own = 0;
  let other = 0;
  const isOwn = new Set(its.scenario.sides.filter(({ kind }) => kind === 'own').map(({ name }) => name));
  return its.sides.map((side) =>
    isOwn.has(side)
      ? (ownColours[own++ % ownColours.length] ?? '')
      : (otherColours[other++ % otherColours.length] ?? ''),
  );
}
