import type { ConsumerHealth, TickerHealth } from '@pgque/consumer';
import type { Client } from 'pgque';
import type { Running } from '../runtime/runtime.ts';

/** What is shown of a connection. */
export interface ConnectionHealth {
  readonly role: string;
  /** Absent where this process does not tick. */
  readonly ticker?: TickerHealth['state'];
  /** By queue and name. */
  readonly consumers: Readonly<
    Record<string, Pick<ConsumerHealth, 'state' | 'lastAnswerAt' | 'acked' | 'retried' | 'dead'>>
  >;
}

export async function checkConnection(
  { connection: { name, client, role }, consumers, ticker }: Running,
  timeoutMs: number,
): Promise<{ readonly name: string; readonly health: ConnectionHealth; readonly reasons: string[] }> {
  const reasons: string[] = [];
  const complain = (reason: string): void => void reasons.push(`connection '${name}': ${reason}`);
  await answers(client, timeoutMs).catch((error: Error) => complain(`the server does not answer: ${error.message}`));
  const tickerHealth = ticker?.health();
  if (tickerHealth && !tickerHealth.isHealthy) complain(`the ticker is ${tickerHealth.state}${because(tickerHealth)}`);
  const shown: Record<string, ConnectionHealth['consumers'][string]> = {};
  for (const consumer of consumers) {
    const health = consumer.health();
    const { state, lastAnswerAt, acked, retried, dead } = health;
    shown[`${consumer.queue}/${consumer.name}`] = { state, lastAnswerAt, acked, retried, dead };
    if (health.isHealthy) continue;
    const why = health.isTicked ? `is ${state}${because(health)}` : 'waits for a tick: nobody ticks its queue';
    complain(`consumer ${consumer.name} of queue ${consumer.queue} ${why}`);
  }
  return { name, reasons, health: { role, ...(tickerHealth && { ticker: tickerHealth.state }), consumers: shown } };
}

/** An error from before it recovered is history. */
function because({ state, lastError }: Pick<ConsumerHealth | TickerHealth, 'state' | 'lastError'>): string {
  return state === 'recovering' && lastError instanceof Error ? ` (${lastError.message})` : '';
}

async function answers(client: Client, timeoutMs: number): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`not within ${timeoutMs} ms`)), timeoutMs);
  try {
    await Promise.race([client.version(), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
