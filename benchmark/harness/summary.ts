import { median } from './quantile.ts';
import type { Results, Sample } from './results.ts';
import type { Claim, Metric, Point, Scenario } from './scenario.ts';

/** What one side reached at one point: a median, or why there is none. */
export type Cell =
  | { readonly kind: 'value'; readonly value: number; readonly rounds: number }
  | { readonly kind: 'not offered' | 'void' | 'failed'; readonly reason: string }
  | { readonly kind: 'nothing' };

/** The samples of one scenario on one server. */
export class ScenarioResults {
  readonly scenario: Scenario;
  readonly major: number;
  readonly #samples: readonly Sample[];

  constructor(scenario: Scenario, major: number, { samples }: Results) {
    this.scenario = scenario;
    this.major = major;
    this.#samples = samples.filter((sample) => sample.scenario === scenario.name && sample.major === major);
  }

  get isEmpty(): boolean {
    return this.#samples.length === 0;
  }

  /** Sides in the order of the scenario. */
  get sides(): readonly string[] {
    const there = new Set(this.#samples.map(({ side }) => side));
    return this.scenario.sides.map(({ name }) => name).filter((name) => there.has(name));
  }

  /** Why sides have no figures, each reason once. */
  get reasons(): readonly string[] {
    const reasons = this.#samples.flatMap((sample) => {
      const { notOffered, void: lost, failed } = sample;
      const said = Object.entries({ 'not offered': notOffered, void: lost, failed }).find(
        ([, reason]) => reason !== undefined,
      );
      return said ? [`${sample.side}, ${said[0]}: ${said[1]}`] : [];
    });
    return [...new Set(reasons)];
  }

  /** Where something was measured, in the order in which it was. */
  get points(): readonly Point[] {
    const points = new Map(this.#samples.filter(({ values }) => values).map(({ point }) => [keyOf(point), point]));
    const { chart } = this.scenario;
    const all = [...points.values()];
    return chart.kind === 'lines' ? all.toSorted((a, b) => compareLines(a, b, chart.x)) : all;
  }

  /** One round that lost or doubled something makes all of them void. */
  cell(side: string, point: Point, metric: string): Cell {
    const its = this.#samples.filter((sample) => sample.side === side);
    const here = its.filter((sample) => contains(point, sample.point));
    const lost = here.find((sample) => sample.void !== undefined);
    if (lost) return { kind: 'void', reason: lost.void ?? '' };
    const values = this.#valuesOf(here, point, metric);
    if (values.length > 0) return { kind: 'value', value: median(values), rounds: values.length };
    const failed = here.find((sample) => sample.failed !== undefined);
    if (failed) return { kind: 'failed', reason: failed.failed ?? '' };
    const refused = here.find((sample) => sample.notOffered !== undefined);
    if (refused) return { kind: 'not offered', reason: refused.notOffered ?? '' };
    return here.length > 0 ? { kind: 'not offered', reason: 'it has no such thing' } : { kind: 'nothing' };
  }

  value(side: string, point: Point, metric: string): number | undefined {
    const cell = this.cell(side, point, metric);
    return cell.kind === 'value' ? cell.value : undefined;
  }

  /** The median over the rounds of one side against the other in the same round. */
  ratio(own: string, other: string, point: Point, metric: string): number | undefined {
    if (this.value(own, point, metric) === undefined || this.value(other, point, metric) === undefined)
      return undefined;
    const byRound = (side: string): Map<number, number> =>
      new Map(
        this.#samples
          .filter((sample) => sample.side === side && keyOf(sample.point) === keyOf(point))
          .map(({ round, values }) => [round, values?.[metric] ?? Number.NaN]),
      );
    const others = byRound(other);
    const ratios = [...byRound(own)].map(([round, value]) => value / (others.get(round) ?? Number.NaN));
    return median(ratios.filter((ratio) => Number.isFinite(ratio)));
  }

  #valuesOf(samples: readonly Sample[], point: Point, metric: string): readonly number[] {
    return samples
      .filter((sample) => keyOf(sample.point) === keyOf(point))
      .map(({ values }) => values?.[metric])
      .filter((value) => typeof value === 'number');
  }
}

export interface Judgement {
  readonly scenario: Scenario;
  readonly claim: Claim;
  readonly major: number;
  readonly value: number | undefined;
  readonly verdict: 'reached' | 'within' | 'missed' | 'not measured';
}

/** Each claim on each server on which its scenario was measured. */
export function judgeClaims(scenarios: readonly Scenario[], results: Results): readonly Judgement[] {
  return results.facts.servers.flatMap(({ major }) =>
    scenarios.flatMap((scenario) => {
      const its = new ScenarioResults(scenario, major, results);
      if (its.isEmpty) return [];
      return (scenario.claims ?? []).map((claim) => {
        const value = judge(its, claim);
        return { scenario, claim, major, value, verdict: verdictOf(claim, value) };
      });
    }),
  );
}

export interface Lead {
  readonly scenario: Scenario;
  readonly metric: Metric;
  readonly side: string;
  readonly point: Point;
  /** How many times better it is than the best of ours. */
  readonly times: number;
  readonly value: number;
  readonly own: number;
}

/** Where a queue of others is better than the best of ours, by more than the noise of a shared machine. */
export function findLeads(its: ScenarioResults, noise = 1.05): readonly Lead[] {
  const { scenario } = its;
  const comparable = scenario.metrics.filter(({ isComparable = true }) => isComparable);
  return comparable.flatMap((metric) =>
    its.points.flatMap((point) => {
      const valuesOf = (kind: string): readonly { side: string; value: number }[] =>
        scenario.sides
          .filter((side) => side.kind === kind)
          .map(({ name }) => ({ side: name, value: its.value(name, point, metric.key) ?? Number.NaN }))
          .filter(({ value }) => Number.isFinite(value));
      const isLess = metric.better === 'less';
      const ours = valuesOf('own').map(({ value }) => value);
      if (ours.length === 0) return [];
      const own = isLess ? Math.min(...ours) : Math.max(...ours);
      return valuesOf('queue')
        .map(({ side, value }) => ({
          scenario,
          metric,
          side,
          point,
          value,
          own,
          times: isLess ? own / value : value / own,
        }))
        .filter(({ times }) => times > noise && Number.isFinite(times));
    }),
  );
}

function judge(its: ScenarioResults, { judge: how }: Claim): number | undefined {
  const points = its.points;
  const exact = how.kind === 'most' ? {} : (how.at ?? {});
  const matching = points.filter((point) => contains(point, exact));
  const valuesAlong = matching
    .map((point) => its.value(how.own, point, how.metric))
    .filter((value) => value !== undefined);
  switch (how.kind) {
    case 'ratio': {
      const [point] = matching;
      return point && its.ratio(how.own, how.other, point, how.metric);
    }
    case 'value':
      return valuesAlong[0];
    case 'most':
      return valuesAlong.length > 0 ? Math.max(...valuesAlong) : undefined;
    case 'growth': {
      // A fifth of the line at each end: one sample alone is noise.
      const fifth = Math.ceil(valuesAlong.length / 5);
      if (valuesAlong.length < 2) return undefined;
      return median(valuesAlong.slice(-fifth)) / median(valuesAlong.slice(0, fifth));
    }
  }
}

function verdictOf({ must, aim, bound = 'at most' }: Claim, value: number | undefined): Judgement['verdict'] {
  if (value === undefined || Number.isNaN(value)) return 'not measured';
  const holds = (limit: number): boolean => (bound === 'at most' ? value <= limit : value >= limit);
  if (!holds(must)) return 'missed';
  return aim !== undefined && holds(aim) ? 'reached' : 'within';
}

export function keyOf(point: Point): string {
  return JSON.stringify(Object.entries(point).toSorted(([a], [b]) => a.localeCompare(b)));
}

function contains(point: Point, part: Point): boolean {
  return Object.entries(part).every(([key, value]) => point[key] === value);
}

function compareLines(a: Point, b: Point, x: string): number {
  const { [x]: atA = 0, ...restA } = a;
  const { [x]: atB = 0, ...restB } = b;
  return keyOf(restA).localeCompare(keyOf(restB)) || Number(atA) - Number(atB);
}
