import type { PoolConfig } from 'pg';
import type { ConnectOptions } from './connect-options.ts';
import { InvalidArgumentError } from './errors/engine-errors.ts';
import type { PoolExecutorOptions } from './executor/pool-executor.ts';

const longestTimerMs = 2 ** 31 - 1;

/** Checks the options and fills in the defaults. */
export function toPoolOptions(options: ConnectOptions): PoolExecutorOptions {
  const connectTimeoutMs = limit(options.connectTimeoutMs ?? 10_000, 'connectTimeoutMs');
  const pool: PoolConfig = {
    ...addressOf(options),
    application_name: options.applicationName ?? 'pgque',
    max: limit(options.maxConnections ?? 10, 'maxConnections'),
    connectionTimeoutMillis: connectTimeoutMs,
    idleTimeoutMillis: limit(options.idleTimeoutMs ?? 10_000, 'idleTimeoutMs'),
    // Without it a connection that a firewall forgot would look alive for hours.
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    ...(options.statementTimeoutMs === undefined
      ? {}
      : { statement_timeout: limit(options.statementTimeoutMs, 'statementTimeoutMs') }),
  };
  return {
    pool,
    queryTimeoutMs: limit(options.queryTimeoutMs ?? 30_000, 'queryTimeoutMs'),
    closeTimeoutMs: limit(options.closeTimeoutMs ?? 10_000, 'closeTimeoutMs'),
  };
}

function addressOf(options: ConnectOptions): PoolConfig {
  const { url, host, port, database, user, password, ssl } = options;
  const address = Object.entries({ host, port, database, user, password, ssl }).filter(
    ([, value]) => value !== undefined,
  );
  if (url === undefined) return Object.fromEntries(address);
  if (address.length > 0) {
    const names = address.map(([name]) => name).join(', ');
    throw new InvalidArgumentError('invalid_argument', `url and ${names} cannot both be given`);
  }
  return { connectionString: url };
}

function limit(value: number, name: string): number {
  if (Number.isInteger(value) && value >= 1 && value <= longestTimerMs) return value;
  throw new InvalidArgumentError('invalid_argument', `${name} must be a whole number from 1 to ${longestTimerMs}`);
}
