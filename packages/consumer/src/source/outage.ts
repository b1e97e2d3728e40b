import { longestPauseMs } from '../settle-batch.ts';

/**
 * What a member knows of an absence of the server. Meanwhile nobody is heard of, and when it is back all members look dead to
 * each other: each gets the time of a dead one to be heard of again, and that of a pause between two tries to
 * settle, before anybody takes its batch over.
 */
export class Outage {
  readonly #deadIntervalMs: number;
  /** Since when the server does not answer. */
  #sinceMs: number | undefined;
  #patientUntilMs = Number.NEGATIVE_INFINITY;

  constructor(deadIntervalMs: number) {
    this.#deadIntervalMs = deadIntervalMs;
  }

  /** Whether the silence of another member says that it is dead. */
  get isSilenceDeath(): boolean {
    return this.#sinceMs === undefined && performance.now() >= this.#patientUntilMs;
  }

  /** The server did not answer, or with a failure. */
  note(): void {
    this.#sinceMs ??= performance.now();
  }

  /** It has answered. One so short that no heartbeat was missed, as when only a connection broke, leaves nobody silent. */
  end(): void {
    if (this.#sinceMs === undefined) return;
    const nowMs = performance.now();
    if (nowMs - this.#sinceMs >= this.#deadIntervalMs / 3) {
      this.#patientUntilMs = nowMs + this.#deadIntervalMs + longestPauseMs;
    }
    this.#sinceMs = undefined;
  }
}
