import { InvalidQueueConfigError } from '../errors/engine-errors.ts';
import type { Row } from '../executor/executor.ts';
import type { QueueConfig, QueueConfigChange } from '../queue-config.ts';
import { orNull, toBoolean, toNumber } from './decode.ts';
import { toInterval } from './encode.ts';
import type { Statement } from './statement.ts';

/** The names of the settings in the engine. */
const settings: Readonly<Record<keyof QueueConfig, string>> = {
  tickerMaxCount: 'ticker_max_count',
  tickerMaxLagMs: 'ticker_max_lag',
  tickerIdlePeriodMs: 'ticker_idle_period',
  tickerPaused: 'ticker_paused',
  externalTicker: 'external_ticker',
  rotationPeriodMs: 'rotation_period',
  maxRetries: 'max_retries',
  maxConsumerLagMs: 'max_consumer_lag',
  disableInsert: 'disable_insert',
};

/** All settings in one statement: all are changed or none. */
export function setQueueConfig(queue: string, config: QueueConfigChange): Statement<void> {
  return {
    text: `
      select pgque.set_queue_config($1::text, c.param, c.value)
      from unnest($2::text[], $3::text[]) with ordinality c (param, value, position) order by c.position`,
    values: [queue, ...columnsOf(config)],
    read: () => undefined,
  };
}

export function createQueue(queue: string, config: QueueConfigChange): Statement<number> {
  return {
    text: 'select pgque.create_queue($1::text, jsonb_object($2::text[], $3::text[])) as result',
    values: [queue, ...columnsOf(config)],
    read: (rows) => toNumber(rows[0]?.['result']),
  };
}

export function getQueueConfig(queue: string): Statement<QueueConfig> {
  return {
    text: `
      select c ->> 'ticker_max_count' as ticker_max_count,
        (extract(epoch from (c ->> 'ticker_max_lag')::interval) * 1000)::float8 as ticker_max_lag,
        (extract(epoch from (c ->> 'ticker_idle_period')::interval) * 1000)::float8 as ticker_idle_period,
        (c ->> 'ticker_paused')::boolean as ticker_paused,
        (c ->> 'external_ticker')::boolean as external_ticker,
        (extract(epoch from (c ->> 'rotation_period')::interval) * 1000)::float8 as rotation_period,
        c ->> 'max_retries' as max_retries,
        (extract(epoch from (c ->> 'max_consumer_lag')::interval) * 1000)::float8 as max_consumer_lag,
        (c ->> 'disable_insert')::boolean as disable_insert
      from pgque.get_queue_config($1::text) c`,
    values: [queue],
    read: ([row = {}]) => toQueueConfig(row),
  };
}

function toQueueConfig(row: Row): QueueConfig {
  return {
    tickerMaxCount: toNumber(row['ticker_max_count']),
    tickerMaxLagMs: toNumber(row['ticker_max_lag']),
    tickerIdlePeriodMs: toNumber(row['ticker_idle_period']),
    tickerPaused: toBoolean(row['ticker_paused']),
    externalTicker: toBoolean(row['external_ticker']),
    rotationPeriodMs: toNumber(row['rotation_period']),
    maxRetries: toNumber(row['max_retries']),
    maxConsumerLagMs: orNull(toNumber)(row['max_consumer_lag']),
    disableInsert: toBoolean(row['disable_insert']),
  };
}

function columnsOf(config: QueueConfigChange): [string[], (string | null)[]] {
  const changes = Object.entries(config).filter(([, value]) => value !== undefined);
  return [changes.map(([name]) => settingOf(name)), changes.map(([name, value]) => textOf(name, value))];
}

function settingOf(name: string): string {
  if (Object.hasOwn(settings, name)) return settings[name as keyof QueueConfig];
  throw new InvalidQueueConfigError('invalid_queue_config', `unknown queue setting: ${name}`, {
    hint: `Known are ${Object.keys(settings).join(', ')}.`,
  });
}

function textOf(name: string, value: number | boolean | null): string | null {
  if (value === null) return null;
  return name.endsWith('Ms') ? toInterval(Number(value), name) : String(value);
}
