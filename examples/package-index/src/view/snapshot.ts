import { type ConsumerName, consumerNames } from '../consumers/consumer-names.ts';
import type { EngineFigures } from '../engine-meter.ts';
import type { Progress } from '../progress.ts';
import { RateMeter } from './rate-meter.ts';

export interface ConsumerSnapshot {
  readonly name: ConsumerName;
  readonly settled: number;
  readonly perSecond: number;
  readonly behind: number;
  readonly lagMs: number;
  readonly retried: number;
  readonly dead: number;
}

/** Everything the view shows, at one moment. */
export interface Snapshot {
  readonly title: string;
  readonly inputName: string;
  readonly sent: number;
  readonly sentPerSecond: number;
  /** Of the input that was read, from 0 to 1; `undefined` when its end is not known. */
  readonly fractionRead: number | undefined;
  readonly broken: number;
  readonly consumers: readonly ConsumerSnapshot[];
  readonly engine: EngineFigures | undefined;
  readonly licences: readonly (readonly [string, number])[];
  readonly flagged: { readonly count: number; readonly latest: readonly string[] };
  /** How it stands, as a sentence. */
  readonly state: string;
  readonly mood: 'busy' | 'good' | 'bad';
}

/** The part of a snapshot that follows from the progress; it keeps what rates are measured from. */
export class ProgressMeter {
  readonly #progress: Progress;
  readonly #sent = new RateMeter();
  readonly #consumers = consumerNames.map((name) => ({ name, meter: new RateMeter() }));

  constructor(progress: Progress) {
    this.#progress = progress;
  }

  read(): Pick<Snapshot, 'sent' | 'sentPerSecond' | 'broken' | 'consumers'> {
    const { sent, broken, consumers } = this.#progress;
    return {
      sent,
      sentPerSecond: this.#sent.perSecond(sent),
      broken,
      consumers: this.#consumers.map(({ name, meter }) => {
        const { settled, lagMs, retried, dead } = consumers[name];
        return { name, settled, perSecond: meter.perSecond(settled), behind: sent - settled, lagMs, retried, dead };
      }),
    };
  }
}
