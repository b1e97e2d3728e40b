import { NotOffered } from '../peers/not-offered.ts';
import type { Peer } from '../peers/peer.ts';

/** How much is measured: `tiny` is for tests of the harness, `quick` shows that all is there, `full` is evidence. */
export const scales = ['tiny', 'quick', 'normal', 'full'] as const;
export type Scale = (typeof scales)[number];

/** One setting of what is varied, such as `{ clients: 16, commit: 'off' }`; its keys are words of the report. */
export type Point = Readonly<Record<string, string | number>>;

/** A question, and how it is answered. The file has its name. */
export interface Scenario {
  readonly name: string;
  readonly question: string;
  /** What is done and what the clock stands for, in a few sentences. */
  readonly how: string;
  readonly metrics: readonly Metric[];
  readonly sides: readonly Peer[];
  readonly workload: Workload;
  readonly scales: Readonly<Record<Scale, Extent>>;
  readonly chart: Chart;
  readonly claims?: readonly Claim[];
  /** Of the majors that were asked for. @default 'first' */
  readonly majors?: 'first' | 'all';
}

interface Extent {
  readonly rounds: number;
  readonly points: readonly Point[];
  /** What is the same for all points: counts, seconds. */
  readonly parameters: Readonly<Record<string, number>>;
}

export interface Metric {
  readonly key: string;
  readonly title: string;
  readonly unit: string;
  readonly better: 'less' | 'more';
  /** Whether sides may be compared by it; else it is there for a claim. @default true */
  readonly isComparable?: boolean;
  /** Its axis in a chart. @default 'linear' */
  readonly axis?: 'linear' | 'log' | 'symlog';
}

/** Bars have a group for each point; lines have this key of the points as their x axis. */
export type Chart =
  | { readonly kind: 'bars' }
  | { readonly kind: 'lines'; readonly x: string; readonly title: string; readonly isLog?: boolean };

/** What must be so, and is judged in each report. */
export interface Claim {
  readonly text: string;
  readonly must: number;
  readonly aim?: number;
  /** `ratio`: the median over the rounds of one side against the other; the others take one side's own values. */
  readonly judge:
    | {
        readonly kind: 'ratio';
        readonly metric: string;
        readonly own: string;
        readonly other: string;
        readonly at?: Point;
      }
    | { readonly kind: 'value'; readonly metric: string; readonly own: string; readonly at?: Point }
    | { readonly kind: 'most'; readonly metric: string; readonly own: string }
    /** The value at the end of the line against the one at its start. */
    | {
        readonly kind: 'growth';
        readonly metric: string;
        readonly own: string;
        readonly along: string;
        readonly at?: Point;
      };
  /** @default 'at most' */
  readonly bound?: 'at most' | 'at least';
}

export interface Measurement {
  readonly peer: Peer;
  /** A database of its own, with the peer installed. */
  readonly url: string;
  readonly point: Point;
  readonly parameters: Readonly<Record<string, number>>;
  /** How long nothing may happen until what is missing counts as lost. */
  readonly stallMs: number;
}

/** The values at the point that was asked for, or at several points of a curve that begins there. */
export interface Measured {
  readonly at?: Point;
  readonly values: Readonly<Record<string, number>>;
}

export type Workload = (measurement: Measurement) => Promise<readonly Measured[]>;

/** Messages were lost or doubled: there is no figure. */
export class VoidRun extends Error {
  override readonly name = 'VoidRun';
}

/** A parameter that the scenario must have. */
export function parameter({ parameters, point }: Measurement, key: string): number {
  const value = point[key] ?? parameters[key];
  if (typeof value !== 'number') throw new Error(`the scenario has no parameter ${key}`);
  return value;
}

/** A function that the peer offers. */
export function offered<Offer extends object, Key extends keyof Offer & keyof Peer['notOffered']>(
  peer: Peer,
  offer: Offer,
  key: Key,
): NonNullable<Offer[Key]> {
  const found = offer[key];
  if (found === undefined || found === null) throw new NotOffered(peer.notOffered[key] ?? 'it has no such function');
  return found;
}
