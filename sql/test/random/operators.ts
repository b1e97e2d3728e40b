import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import type { Chance } from './chance.ts';
import { act, count, type World } from './world.ts';

/** Ticks, moves retries and rotates, several times faster than anyone would; goes on while the run drains. */
export function runOperators(world: World, chance: Chance, until: () => boolean): Promise<void>[] {
  const every = (name: string, low: number, high: number, sql: string): Promise<void> => {
    const step = async (session: Client): Promise<void> => {
      const { rows } = await session.query<{ answer: number | bigint }>(sql);
      count(world, name, Number(rows[0]?.answer ?? 0));
      await delay(chance.between(low, high));
    };
    return act(world, name, step, until);
  };
  return [
    every('ticks', 5, 60, 'select pgque.ticker() as answer'),
    every('ticks of a second ticker', 50, 300, 'select pgque.ticker() as answer'),
    every('retries moved', 10, 100, 'select pgque.maint_retry_events() as answer'),
    every('rotation phases', 10, 50, 'select pgque.maint() as answer'),
    every('rotation phases of a second session', 50, 200, 'select pgque.maint() as answer'),
  ];
}

/** Holds the horizon for a while with an open REPEATABLE READ transaction that has a transaction id. */
export function runHorizonPin(world: World, chance: Chance): Promise<void> {
  const step = async (session: Client): Promise<void> => {
    await session.query('begin isolation level repeatable read');
    await session.query('select pg_current_xact_id()');
    await delay(chance.between(100, 2000));
    await session.query('commit');
  };
  return act(world, 'horizon pin', step, () => world.isDraining);
}

/** Creates and drops queues beside the ones that are measured. */
export function runQueueMaker(world: World, chance: Chance): Promise<void> {
  const step = async (session: Client): Promise<void> => {
    const name = `passing ${chance.between(1, 3)}`;
    await session.query('select pgque.create_queue($1)', [name]);
    await session.query('select pgque.subscribe($1, $2)', [name, 'passer-by']).catch(ignoreMissingQueue);
    await session.query('select pgque.send($1, $2::text)', [name, 'hello']).catch(ignoreMissingQueue);
    if (chance.is(0.5)) await session.query('select pgque.drop_queue($1, true)', [name]).catch(ignoreMissingQueue);
    count(world, 'queues made and dropped');
    await delay(chance.between(50, 300));
  };
  return act(world, 'queue maker', step, () => world.isDraining);
}

/** Another queue maker dropped it first. */
function ignoreMissingQueue(error: unknown): void {
  if ((error as { code?: string }).code !== 'QU001') throw error;
}

/** Terminates a random backend of the database now and then. */
export function runBackendKiller(world: World, chance: Chance): Promise<void> {
  const step = async (session: Client): Promise<void> => {
    await delay(chance.between(100, 800));
    if (world.isDraining) return;
    await session.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid() order by random() limit 1`,
    );
    count(world, 'backends killed');
  };
  return act(world, 'backend killer', step, () => world.isDraining);
}
