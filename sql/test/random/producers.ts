import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import type { Chance } from './chance.ts';
import { act, count, sqlState, type World } from './world.ts';

const isolationLevels = ['read committed', 'read committed', 'repeatable read', 'serializable'] as const;

/** Names of prepared transactions that nobody has decided about; shared by all producers. */
const prepared = new Set<string>();

/**
 * Sends events in transactions of every kind. Each event has a row in the table `sent`, written by the same
 * transaction: that table is the truth about what was committed, also when the answer to COMMIT got lost.
 */
export function runProducer(world: World, name: string, chance: Chance): Promise<void> {
  let number = 0;
  const nextToken = (): string => `${name}-${++number}`;
  return act(
    world,
    'producer',
    (session) => produce(world, session, chance, nextToken),
    () => world.isDraining,
  );
}

/** Messages on their way above which producers wait: a consumer that falls behind stops rotation, and tests nothing. */
const mostBacklog = 800;

async function produce(world: World, session: Client, chance: Chance, nextToken: () => string): Promise<void> {
  if (world.backlog > mostBacklog) return await delay(20);
  const queue = chance.pick(world.queues);
  await session.query(`begin isolation level ${chance.pick(isolationLevels)}`);
  try {
    if (chance.is(0.15)) await takeSnapshot(session, chance);
    for (let part = chance.between(1, 3); part > 0; part--) {
      await session.query('savepoint part');
      await send(session, queue, chance, nextToken);
      if (chance.is(0.1)) {
        await session.query('rollback to savepoint part');
        count(world, 'savepoints rolled back');
      }
      if (chance.is(0.05)) await delay(chance.between(1, 300));
    }
    await end(world, session, chance, nextToken);
  } catch (error) {
    if (sqlState(error)) await session.query('rollback');
    throw error;
  }
}

/** A snapshot, sometimes a transaction id as well, long before anything is sent: rotations pass meanwhile. */
async function takeSnapshot(session: Client, chance: Chance): Promise<void> {
  await session.query(chance.is(0.5) ? 'select count(*) from sent' : 'select pg_current_xact_id()');
  await delay(chance.between(1, 1500));
}

async function send(session: Client, queue: string, chance: Chance, nextToken: () => string): Promise<void> {
  const tokens = Array.from({ length: chance.is(0.2) ? chance.between(2, 40) : 1 }, nextToken);
  await session.query('insert into sent (token, queue) select unnest($1::text[]), $2', [tokens, queue]);
  if (tokens.length > 1) {
    await session.query('select pgque.send_batch($1, $2::text[])', [queue, tokens]);
  } else if (chance.is(0.15)) {
    const delay = `${chance.between(0, 500)} ms`;
    await session.query(`select pgque.send_at($1, 'delayed', $2::text, $3::interval)`, [queue, tokens[0], delay]);
  } else {
    await session.query('select pgque.send($1, $2::text)', [queue, tokens[0]]);
  }
}

async function end(world: World, session: Client, chance: Chance, nextToken: () => string): Promise<void> {
  const roll = chance.next();
  if (roll < 0.08) {
    await session.query('rollback');
    count(world, 'transactions rolled back');
  } else if (roll < 0.13 && prepared.size < 10) {
    const name = `pgque ${nextToken()}`;
    prepared.add(name);
    await session.query(`prepare transaction '${name}'`);
    count(world, 'transactions prepared');
  } else {
    await session.query('commit');
    count(world, 'transactions committed');
  }
}

/** Decides about prepared transactions, each after a while. */
export function runCoordinator(world: World, chance: Chance): Promise<void> {
  const step = async (session: Client): Promise<void> => {
    await delay(chance.between(20, 400));
    await decide(session, chance.is(0.7) ? 'commit' : 'rollback');
  };
  return act(world, 'coordinator', step, () => world.isDraining);
}

/** Decides about one prepared transaction, or about all. */
export async function decide(session: Client, decision: 'commit' | 'rollback', all = false): Promise<void> {
  const { rows } = await session.query<{ gid: string }>(
    `select gid from pg_prepared_xacts where database = current_database() order by prepared`,
  );
  for (const { gid } of all ? rows : rows.slice(0, 1)) {
    await session.query(`${decision} prepared '${gid}'`);
    prepared.delete(gid);
  }
}
