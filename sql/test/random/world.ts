import { setTimeout as delay } from 'node:timers/promises';
import { connectClient } from '@pgque/testing';
import type { Client } from 'pg';

/** What all actors of a run share. */
export interface World {
  readonly url: string;
  readonly queues: readonly [string, ...string[]];
  /** Set when no actor shall start anything new and nobody kills any more: what is there is delivered. */
  isDraining: boolean;
  /** Messages that are on their way to all consumers together, as seen lately. */
  backlog: number;
  /** What must never happen, in the words of the actor that saw it. */
  readonly violations: string[];
  /** How often things happened, to see that a run did something. */
  readonly tally: Map<string, number>;
}

export function count(world: World, what: string, by = 1): void {
  world.tally.set(what, (world.tally.get(what) ?? 0) + by);
}

/** Runs one actor's step again and again with a session of its own, which is replaced when it breaks. */
export async function act(
  world: World,
  name: string,
  step: (session: Client) => Promise<void>,
  until: () => boolean,
): Promise<void> {
  let session: Client | undefined;
  while (!until()) {
    try {
      session ??= await openSession(world.url);
      await step(session);
    } catch (error) {
      if (!isExpected(error)) {
        world.violations.push(
          `${name}: ${String(error)} ${sqlState(error)} ${(error as { where?: string }).where ?? ''}`,
        );
        return;
      }
      count(world, `${name}: ${sqlState(error) || 'connection lost'}`);
      session?.end().catch(() => {});
      session = undefined;
      await delay(5);
    }
  }
  await session?.end().catch(() => {});
}

async function openSession(url: string): Promise<Client> {
  const session = await connectClient(url);
  await session.query(`set statement_timeout = '60s'`);
  return session;
}

/** Lost connections, and what a caller is told to run again. A deadlock is not among them. */
function isExpected(error: unknown): boolean {
  const state = sqlState(error);
  if (state) return state === '40001' || state.startsWith('08') || ['57P01', '57P02', '57P03', '53300'].includes(state);
  return /terminated|ECONN|EPIPE|not queryable|closed|ended/i.test(String(error));
}

export function sqlState(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : '';
}
