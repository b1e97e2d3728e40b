import { CaseRun, type DriverPool } from './case-run.ts';
import { show } from './match.ts';
import { findViolations } from './oracle.ts';
import { FailedCall, runStep } from './run-step.ts';
import type { Case } from './scenario.ts';
import { type ConformanceServer, World } from './world.ts';

/** What became of a case; `code` is that of an error nobody expected, for the lists of known failures. */
export type CaseOutcome =
  | { readonly status: 'passed' }
  | { readonly status: 'failed'; readonly reason: string; readonly code: string };

/** Runs a case with the drivers of a client, on a server. */
export async function runCase(scenario: Case, server: ConformanceServer, pool: DriverPool): Promise<CaseOutcome> {
  await using world = await World.open(server, scenario);
  const run = new CaseRun(world, scenario, pool);
  let at = 'the setup';
  try {
    for (const [index, step] of scenario.steps.entries()) {
      at = `step ${index + 1}, ${show(step)}`;
      await runStep(run, step);
    }
    at = 'the end';
    await run.close();
    const violations = await findViolations(world, run.ledger, scenario);
    if (violations.length === 0) return { status: 'passed' };
    return { status: 'failed', code: 'violation', reason: violations.slice(0, 10).join('\n') };
  } catch (error) {
    await run.abandon();
    const code = error instanceof FailedCall ? error.code : 'mismatch';
    return { status: 'failed', code, reason: `${at}: ${error instanceof Error ? error.message : String(error)}` };
  }
}
