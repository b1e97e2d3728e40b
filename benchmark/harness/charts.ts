import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { queues } from '../peers/index.ts';
import { labelOf } from './labels.ts';
import type { Metric } from './scenario.ts';
import type { ScenarioResults } from './summary.ts';

const width = 620;
const lineHeight = 280;
const barHeight = 14;
/** Ours stand out; the others have the same colour in every chart. */
const ownColours = ['#d1495b', '#e8871e', '#9c2c77', '#edae49'];
const otherColours = ['#00798c', '#30638e', '#66a182', '#8d96a3', '#5e548e', '#b08968'];
const limitColours = ['#444444', '#7f5539', '#a68a64'];
/** For axes that begin at zero and go on by powers of ten. */
const decades = [0, ...Array.from({ length: 10 }, (_, power) => 10 ** power)];

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
  // A bar has no place on an axis that has no zero.
  const barScale = { type: scale.type === 'linear' ? 'linear' : 'symlog' } as const;
  const axisOf = ({ type }: { readonly type: string }) => (type === 'symlog' ? { values: decades } : {});
  const color = {
    field: 'side',
    type: 'nominal',
    title: null,
    legend: { labelLimit: 260 },
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
        y: { field: 'value', type: 'quantitative', title: unit, scale, axis: axisOf(scale) },
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
      x: { field: 'value', type: 'quantitative', title: unit, scale: barScale, axis: axisOf(barScale) },
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

function coloursOf({ scenario, sides }: ScenarioResults): string[] {
  const own = scenario.sides.filter(({ kind }) => kind === 'own').map(({ name }) => name);
  const limits = scenario.sides.filter(({ kind }) => kind === 'limit').map(({ name }) => name);
  const take = (colours: readonly string[], index: number): string => colours[index % colours.length] ?? '';
  return sides.map((side) => {
    if (own.includes(side)) return take(ownColours, own.indexOf(side));
    if (limits.includes(side)) return take(limitColours, limits.indexOf(side));
    const known = queues.findIndex(({ name }) => name === side);
    return take(otherColours, known >= 0 ? known : otherColours.length - 1);
  });
}
