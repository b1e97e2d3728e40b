import type { Findings } from '../consumers/start-consumers.ts';
import type { EngineMeter } from '../engine-meter.ts';
import type { InputSource } from '../input/input-source.ts';
import type { Output } from '../output.ts';
import type { Progress } from '../progress.ts';
import type { Reckoning } from '../reckoning.ts';
import type { Verdict } from '../verdict.ts';
import { LiveView } from './live-view.ts';
import { PlainView } from './plain-view.ts';

/** What a person sees of a run. */
export interface View extends AsyncDisposable {
  /** The verdict while the run goes on. */
  show(verdict: Verdict): void;
  /** The last words. */
  end(verdict: Verdict, reckoning: Reckoning): void;
}

export interface ViewOptions {
  readonly output: Output;
  readonly engine: EngineMeter;
  readonly progress: Progress;
  readonly input: InputSource;
  readonly findings: Findings;
  readonly port: number;
}

/** A frame that is drawn again and again in a terminal, else lines. */
export function openView(options: ViewOptions): View {
  return options.output.canDraw ? new LiveView(options) : new PlainView(options);
}
