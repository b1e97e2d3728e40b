import { openPrivateServer } from '@pgque/testing';
import { expect, test } from 'vitest';
import { runMembers, serverSettings } from './run.ts';

/** Set to try the same again; how the processes interleave is for the machine to say. */
const seed = Number(process.env['PGQUE_COOP_SEED'] ?? Date.now() % 0xffffffff);
const durationMs = Number(process.env['PGQUE_COOP_SECONDS'] ?? 10) * 1000;

test(
  `sixteen members, some killed, some frozen and woken after a takeover, settle each event once (seed ${seed})`,
  async () => {
    const own = await openPrivateServer({ settings: serverSettings });
    const { violations, tally } = await runMembers(own, { seed, durationMs });
    const report = Object.fromEntries(tally);
    console.log(`seed ${seed}`, report);
    expect(violations.slice(0, 20)).toEqual([]);
    expect(report['deadlocks']).toBe(0);
    expect(report['waits for frozen members']).toBe(0);
    // A run that did nothing proves nothing; what the members do it waits for.
    expect(report['events committed']).toBeGreaterThan(100);
    expect(report['rotations of the event log']).toBeGreaterThan(3);
    expect(report['rotations of the later log']).toBeGreaterThan(3);
  },
  durationMs + 120_000,
);
