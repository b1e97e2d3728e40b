import { Client, type PoolConfig } from 'pg';
import type { ConnectOptions } from './connect-options.ts';
import { InvalidArgumentError } from './errors/engine-errors.ts';
import type { PoolOptions } from './executor/open-pool.ts';

const longestTimerMs = 2 ** 31 - 1;

/** Checks the options and fills in the defaults. */
export function toPoolOptions(options: ConnectOptions): PoolOptions {
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
  return { connectionString: requireReadable(url) };
}

/** The driver would say so at the first connection only; its error hides the URL, which may hold a password. */
function requireReadable(url: string): string {
  try {
    new Client({ connectionString: url });
    return url;
  } catch (error) {
    throw new InvalidArgumentError('invalid_argument', 'the connection URL cannot be read', {
      hint: 'It looks like postgresql://user:password@host:5432/database, with special characters in percent encoding.',
      cause: error,
    });
  }
}

function limit(value: number, name: string): number {
  if (Number.isInteger(value) && value >= 1 && value <= longestTimerMs) return value;
  throw new InvalidArgumentError('invalid_argument', `${name} must be a whole number from 1 to ${longestTimerMs}`);
}
