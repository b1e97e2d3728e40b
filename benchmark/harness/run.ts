import { NotOffered } from '../peers/not-offered.ts';
import type { Peer } from '../peers/peer.ts';
import type { PeerServer } from './bench-server.ts';
import { interleave } from './interleave.ts';
import type { Sample } from './results.ts';
import { type Measured, type Point, type Scale, type Scenario, VoidRun } from './scenario.ts';

export interface RunOptions {
  readonly scale: Scale;
  /** Which sides take part. @default all */
  readonly isChosen?: (peer: Peer) => boolean;
  readonly onSample: (sample: Sample) => void;
  /** Called before each measurement. */
  readonly onTurn?: (turn: { readonly side: string; readonly point: Point; readonly round: number }) => void;
  readonly stallMs?: number;
}

/** How many measurements it makes, for who shows progress. */
export function countTurns(
  scenario: Scenario,
  { scale, isChosen = () => true }: Pick<RunOptions, 'scale' | 'isChosen'>,
): number {
  const { points, rounds } = scenario.scales[scale];
  return points.length * rounds * scenario.sides.filter(isChosen).length;
}

/** Measures all sides of a scenario in turns, point after point. What fails is noted, and the others go on. */
export async function runScenario(scenario: Scenario, server: PeerServer, options: RunOptions): Promise<void> {
  const { isChosen = () => true, onSample, onTurn, stallMs = 60_000 } = options;
  const { points, rounds, parameters } = scenario.scales[options.scale];
  const sides = scenario.sides.filter(isChosen);
  const missing = new Map<Peer, string>();
  for (const side of sides) {
    const reason = await server.missing(side);
    if (reason === undefined) continue;
    missing.set(side, reason);
    server.noteMissing(side, reason);
  }
  for (const point of points) {
    const settled = new Set<Peer>();
    for (const { round, side } of interleave(sides, rounds)) {
      onTurn?.({ side: side.name, point, round });
      if (settled.has(side)) continue;
      const base = { scenario: scenario.name, major: server.major, side: side.name, round };
      try {
        const reason = missing.get(side);
        if (reason !== undefined) throw new NotOffered(reason);
        await using database = await server.copyOf(side, point['commit']?.toString());
        const measured = await scenario.workload({ peer: side, url: database.url, point, parameters, stallMs });
        for (const { at, values } of measured)
          onSample({ ...base, point: { ...point, ...at }, values: finite(values) });
      } catch (error) {
        if (error instanceof NotOffered) settled.add(side);
        onSample({ ...base, point, ...failure(error) });
      }
    }
  }
}

function failure(error: unknown): Pick<Sample, 'notOffered' | 'void' | 'failed'> {
  const [message = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  if (error instanceof NotOffered) return { notOffered: message };
  return error instanceof VoidRun ? { void: message } : { failed: message };
}

function finite(values: Measured['values']): Readonly<Record<string, number | null>> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Number.isFinite(value) ? value : null]));
}
