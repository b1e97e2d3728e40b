import { openPrivateServer } from '@pgque/testing';
import { expect, test } from 'vitest';
import { runRandomly } from './run.ts';

/** Set to replay a run; else each run has its own. */
const seed = Number(process.env['PGQUE_RANDOM_SEED'] ?? Date.now() % 0xffffffff);
const durationMs = Number(process.env['PGQUE_RANDOM_SECONDS'] ?? 12) * 1000;

test(
  `each committed event is settled once by each consumer, whatever is killed when (seed ${seed})`,
  async () => {
    const own = await openPrivateServer({ durable: true });
    const { violations, tally } = await runRandomly(own, { seed, durationMs, serverKillEveryMs: 5000 });
    const report = Object.fromEntries(tally);
    console.log(`seed ${seed}`, report);
    expect(violations.slice(0, 20), `PGQUE_RANDOM_SEED=${seed} replays this run`).toEqual([]);
    // A run that did nothing proves nothing.
    expect(report['events committed']).toBeGreaterThan(100);
    expect(report['rotations of the event logs']).toBeGreaterThan(5);
    expect(report['rotations of the cursor log']).toBeGreaterThan(5);
  },
  durationMs + 120_000,
);
