import type { Runtime } from '../runtime/runtime.ts';
import { type ConnectionHealth, checkConnection } from './connection-health.ts';

export interface HealthCheckOptions {
  /** Only this connection. @default all of them */
  readonly connection?: string;
  /** Milliseconds within which the server must answer. @default 2000 */
  readonly timeoutMs?: number;
}

/** What Terminus takes. */
export type PgqueHealth<Key extends string> = Record<
  Key,
  {
    readonly status: 'up' | 'down';
    /** What is wrong, each in a sentence; absent when nothing is. */
    readonly reasons?: readonly string[];
    readonly connections: Readonly<Record<string, ConnectionHealth>>;
  }
>;

/**
 * For a readiness probe with Terminus: `() => pgque.check()`. Down while consumers do not consume, whatever the reason: the
 * server does not answer, nobody ticks, the application starts or stops. Never up because nothing was looked at.
 */
export class PgqueHealthIndicator {
  readonly #runtime: Runtime;

  /** @internal */
  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  async check<Key extends string = 'pgque'>(
    key: Key = 'pgque' as Key,
    { connection: only, timeoutMs = 2000 }: HealthCheckOptions = {},
  ): Promise<PgqueHealth<Key>> {
    const { isStarted, running } = this.#runtime;
    const chosen = running.filter(({ connection }) => only === undefined || connection.name === only);
    const checked = await Promise.all(chosen.map((each) => checkConnection(each, timeoutMs)));
    const reasons = checked.flatMap((each) => each.reasons);
    if (!isStarted) reasons.unshift('the application is starting or stopping');
    else if (chosen.length === 0) reasons.unshift(`there is no connection '${only}'`);
    const detail = {
      status: reasons.length === 0 ? ('up' as const) : ('down' as const),
      ...(reasons.length > 0 && { reasons }),
      connections: Object.fromEntries(checked.map(({ name, health }) => [name, health])),
    };
    return { [key as string]: detail } as unknown as PgqueHealth<Key>;
  }
}
