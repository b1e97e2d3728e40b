/** A sample for Prometheus or OpenTelemetry. */
export interface Metric {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly value: number;
  readonly labels: Readonly<Record<string, string>>;
}

/** What a check has found. */
export interface HealthFinding {
  /** For example `ticker`, `rotation` or `consumers`. */
  readonly check: string;
  readonly status: 'ok' | 'warn' | 'fail';
  /** `null`: it is not about one queue. */
  readonly queue: string | null;
  readonly detail: string;
  /** What to do; `null` when nothing is wrong. */
  readonly hint: string | null;
}
