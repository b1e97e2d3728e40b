import { type ExitCode, exitCode } from './exit-code.ts';
import type { BrokenInput } from './input/input-item.ts';
import type { Reckoning } from './reckoning.ts';
import type { StopRequest } from './stop.ts';

/** How the delivery came to its end: everything is delivered, nothing moves any more, or somebody stopped it. */
export type Ending = 'delivered' | 'stalled' | StopRequest;

export interface Verdict {
  readonly exitCode: ExitCode;
  readonly sentences: readonly string[];
}

export function judge(ending: Ending, reckoning: Reckoning, refused: BrokenInput | undefined): Verdict {
  if (typeof ending === 'object') {
    return { exitCode: ending.exitCode, sentences: [ending.message] };
  }
  const { disagreements } = reckoning;
  if (ending === 'stalled' || disagreements.length > 0) {
    const stalled = ending === 'stalled' ? ['Nothing was delivered for half a minute, although events wait.'] : [];
    return { exitCode: exitCode.disagrees, sentences: [...stalled, ...disagreements] };
  }
  if (refused) {
    return {
      exitCode: exitCode.refusedInput,
      sentences: [`Everything before ${refused.place} was delivered; from there on nothing was read.`],
    };
  }
  return { exitCode: exitCode.agrees, sentences: ['Everything that was sent was delivered, and every count agrees.'] };
}
