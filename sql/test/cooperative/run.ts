import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connectClient, type PrivateServer } from '@pgque/testing';
import type { Client } from 'pg';
import { untilDelivered, watchBacklog } from '../random/backlog.ts';
import { Chance } from '../random/chance.ts';
import { runOperators } from '../random/operators.ts';
import { decide, runCoordinator, runProducer } from '../random/producers.ts';
import type { RunResult } from '../random/run.ts';
import { judge } from '../random/verdict.ts';
import { act, count, sqlState, type World } from '../random/world.ts';
import { type Freeze, Herd } from './herd.ts';

const queue = 'shared';
const consumer = 'group';
const members = Array.from({ length: 16 }, (_, i) => `member ${i + 1}`) as [string, ...string[]];
const maxRetries = 2;
/** A member frozen for longer than this loses its batch. */
const deadInterval = '500 ms';

/**
 * Settings of the server that the run needs: its log names whoever waits for a lock for longer than three seconds. Less,
 * and that would be those too who wait for a processor.
 */
export const serverSettings = { log_lock_waits: true, deadlock_timeout: '3s', log_line_prefix: '%n [%p] ' };

/**
 * Sixteen members of one cooperative consumer, each a process that is killed, or frozen and woken, at any moment, beside
 * producers and rotation; and then the verdict: each committed event was settled once by the group, no token of a batch
 * that was taken over worked, nobody met a deadlock and nobody waited for another's work.
 */
export async function runMembers(
  { server, database }: PrivateServer,
  { seed, durationMs }: { seed: number; durationMs: number },
): Promise<RunResult> {
  const chance = new Chance(seed);
  const world: World = {
    url: database.url,
    queues: [queue],
    isDraining: false,
    backlog: 0,
    violations: [],
    tally: new Map(),
  };
  await database.query(`
    create table sent (token text primary key, queue text not null);
    create table settled (consumer text not null, token text not null, retry_count int not null);
    create table claim (batch_id int8 primary key, msg_id int8 not null, retry_count int);
    create index on claim (msg_id, batch_id);
    update pgque.config set log_rotation_period = '1 millisecond', log_rotation_bytes = 1;`);
  const settings = { ticker_max_lag: '1 millisecond', rotation_period: '1 millisecond', max_retries: maxRetries };
  await database.query('select pgque.create_queue($1, $2)', [queue, settings]);
  // Never leaves: without members the consumer would be a normal one.
  await database.query('select pgque.register_subconsumer($1, $2, $3)', [queue, consumer, 'at rest']);

  let isDrained = false;
  const herd = new Herd(world, chance.fork(), { url: database.url, queue, consumer, deadInterval });
  for (const member of members) herd.start(member);
  const producing = [
    ...Array.from({ length: 8 }, (_, i) => runProducer(world, `p${i}`, chance.fork())),
    runCoordinator(world, chance.fork()),
    runFaults(world, herd, chance.fork()),
    runThief(world, chance.fork()),
  ];
  const operating = [watchBacklog(world, () => isDrained), ...runOperators(world, chance.fork(), () => isDrained)];

  const deadline = Date.now() + durationMs;
  while ((Date.now() < deadline || !hasSeenEnough(world)) && world.violations.length === 0) await delay(50);
  world.isDraining = true;
  await Promise.all(producing);
  const last = await connectClient(database.url);
  await decide(last, 'commit', true);
  await last.end();
  await untilDelivered(world);
  isDrained = true;
  await herd.end();
  await Promise.all(operating);

  const acked = new Map<string, number[]>();
  world.violations.push(
    ...(await judge(
      database,
      { name: consumer, queue, kind: 'exactly once', acked, attempted: new Set() },
      maxRetries,
    )),
  );
  const [sums] = await database.query<{ sent: bigint; deadlocks: bigint; rotations: bigint; shared: bigint }>(
    `select (select count(*) from sent) as sent,
       (select deadlocks from pg_stat_database where datname = current_database()) as deadlocks,
       (select sum(pg_sequence_last_value(generation_seq) - 3) from pgque.queue) as rotations,
       pg_sequence_last_value('pgque.later_generation') - 3 as shared`,
  );
  count(world, 'events committed', Number(sums?.sent));
  count(world, 'deadlocks', Number(sums?.deadlocks));
  count(world, 'rotations of the event log', Number(sums?.rotations));
  count(world, 'rotations of the later log', Number(sums?.shared));
  const log = await readFile(join(server.dataDirectory ?? '', 'server.log'), 'utf8');
  count(world, 'waits for frozen members', countWaits(log, herd.freezes));
  return world;
}

/** How often the log says that somebody waited for a lock that the backend of a frozen member held. */
function countWaits(log: string, freezes: readonly Freeze[]): number {
  const waits = log.matchAll(
    /^([\d.]+) \[\d+\] LOG: .* still waiting for .*\n.* DETAIL: .* holding the lock: ([\d, ]+)\./gm,
  );
  return [...waits].filter(([, seconds, holders = '']) =>
    freezes.some(({ backend, from, to }) => {
      const at = Number(seconds) * 1000;
      return holders.split(', ').includes(String(backend)) && from < at && at < to;
    }),
  ).length;
}

/** Whether the run did what it is for; one that did nothing would prove nothing. */
function hasSeenEnough({ tally }: World): boolean {
  const least = {
    'members killed': 5,
    'members frozen': 10,
    'members frozen while they held the group': 1,
    'batches found taken over': 5,
    'old tokens tried': 20,
  };
  return Object.entries(least).every(([what, times]) => (tally.get(what) ?? 0) >= times);
}

/** Kills a member, or freezes it, several times a second. */
async function runFaults(world: World, herd: Herd, chance: Chance): Promise<void> {
  const faults: Promise<void>[] = [];
  while (!world.isDraining) {
    await delay(chance.between(20, 300));
    const member = chance.pick(members);
    faults.push(
      chance.is(0.3) ? herd.kill(member, chance.between(0, 1500)) : herd.freeze(member, chance.between(50, 3000)),
    );
  }
  await Promise.all(faults);
}

/**
 * Tries tokens of batches that were taken over, also those of members that can no longer do so themselves. Two batches
 * that begin with the same message at the same attempt are one that was taken over: the one with the lower id is lost.
 */
function runThief(world: World, chance: Chance): Promise<void> {
  const step = async (session: Client): Promise<void> => {
    const { rows } = await session.query<{ batch_id: bigint; msg_id: bigint }>(
      `select o.batch_id, o.msg_id from claim o
       where exists (select from claim n
         where n.msg_id = o.msg_id and n.batch_id > o.batch_id and n.retry_count is not distinct from o.retry_count)
       order by o.batch_id desc limit 30`,
    );
    const [first, ...others] = rows;
    if (first) await tryOldToken(world, session, chance.pick([first, ...others]));
    await delay(chance.between(5, 100));
  };
  return act(world, 'thief', step, () => world.isDraining);
}

async function tryOldToken(
  world: World,
  session: Client,
  { batch_id, msg_id }: { batch_id: bigint; msg_id: bigint },
): Promise<void> {
  for (const verb of ['ack', 'finish_batch']) {
    const { rows } = await session.query<{ answer: number }>(`select pgque.${verb}($1) as answer`, [batch_id]);
    if (rows[0]?.answer !== 0)
      world.violations.push(`${verb} of batch ${batch_id}, taken over, said ${rows[0]?.answer}`);
  }
  for (const call of [
    'pgque.nack($1, array[$2::bigint])',
    'pgque.settle($1, array[$2::bigint])',
    'pgque.event_retry($1, $2, 0)',
    `pgque.event_dead($1, $2, 'stolen')`,
  ]) {
    const answer = await session.query(`select ${call}`, [batch_id, msg_id]).catch(sqlState);
    if (answer !== 'QU003') world.violations.push(`${call} worked in batch ${batch_id}, which was taken over`);
  }
  count(world, 'old tokens tried');
}
