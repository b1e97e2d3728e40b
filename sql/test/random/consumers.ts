import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import type { Chance } from './chance.ts';
import { failuresOf } from './fate.ts';
import { act, count, type World } from './world.ts';

interface Message {
  msg_id: bigint;
  batch_id: bigint;
  payload: string;
  retry_count: number | null;
}

export const consumerKinds = ['exactly once', 'nack each', 'settle', 'primitives', 'cooperative'] as const;

export interface Consumer {
  readonly name: string;
  readonly queue: string;
  readonly kind: (typeof consumerKinds)[number];
  /** Messages of batches whose ack said 1, with the retry counts at which that was. */
  readonly acked: Map<string, number[]>;
  /** Messages of batches whose ack was sent; when the connection broke, nobody knows what came of it. */
  readonly attempted: Set<string>;
}

/**
 * Reads a queue in one of five ways. The exactly-once consumer writes what it has done into the table `settled`, in the
 * transaction of receive and ack; the others remember it after the ack. A cooperative one runs once for each member.
 */
export function runConsumer(
  world: World,
  consumer: Consumer,
  chance: Chance,
  until: () => boolean,
  member = '',
): Promise<void> {
  const consumeOnce =
    consumer.kind === 'exactly once' ? consumeExactlyOnce : consumer.kind === 'cooperative' ? consumeAsMember : consume;
  const step = async (session: Client): Promise<void> => {
    const received = await consumeOnce(world, session, consumer, chance, member);
    if (received === 0) await delay(chance.between(1, 20));
  };
  return act(world, `consumer ${consumer.kind}`, step, until);
}

async function consumeExactlyOnce(
  world: World,
  session: Client,
  { queue, name }: Consumer,
  chance: Chance,
): Promise<number> {
  await session.query(`begin isolation level ${chance.pick(['read committed', 'read committed', 'repeatable read'])}`);
  try {
    const messages = await receive(world, session, queue, name, chance);
    const [done, failed] = split(messages, name);
    await record(session, name, done);
    if (chance.is(0.05)) await delay(chance.between(1, 500));
    const batchId = messages[0]?.batch_id;
    if (batchId !== undefined) {
      const answer = await settle(session, batchId, failed, chance);
      if (answer !== 1) world.violations.push(`${name}: ack of the batch just received said ${answer}`);
    }
    await session.query(chance.is(0.05) ? 'rollback' : 'commit');
    return messages.length;
  } catch (error) {
    await session.query('rollback').catch(() => {});
    throw error;
  }
}

async function consume(world: World, session: Client, consumer: Consumer, chance: Chance): Promise<number> {
  const { queue, name, kind } = consumer;
  const messages =
    kind === 'primitives' ? await nextBatch(session, queue, name) : await receive(world, session, queue, name, chance);
  const [done, failed] = split(messages, name);
  const batchId = messages[0]?.batch_id;
  if (batchId === undefined) return 0;
  let answer: number;
  for (const { payload } of done) consumer.attempted.add(payload);
  if (kind === 'settle') {
    answer = await settle(session, batchId, failed, chance);
  } else {
    for (const { msg_id } of failed) {
      await session.query('select pgque.nack($1, array[$2::bigint], array[$3::interval])', [batchId, msg_id, '20 ms']);
      if (chance.is(0.01)) throw new Error('closed by the consumer itself');
    }
    if (chance.is(0.02)) return messages.length;
    answer = await ackWith(session, kind === 'primitives' ? 'finish_batch' : 'ack', batchId);
  }
  if (answer !== 1) world.violations.push(`${name}: ack of batch ${batchId} said ${answer}`);
  remember(consumer, done);
  return messages.length;
}

/** Members may be silent for longer than the others wait: then the batch belongs to another, and the ack says so. */
async function consumeAsMember(
  world: World,
  session: Client,
  consumer: Consumer,
  chance: Chance,
  member: string,
): Promise<number> {
  const { queue, name } = consumer;
  const { rows: messages } = await session.query<Message>(
    `select msg_id, batch_id, payload, retry_count from pgque.receive_coop($1, $2, $3, $4, '200 ms')`,
    [queue, name, member, chance.pick([1, 3, 20, 100])],
  );
  const batchId = messages[0]?.batch_id;
  if (batchId === undefined) return 0;
  const [done, failed] = split(messages, name);
  if (chance.is(0.05)) await delay(chance.between(100, 500));
  if (chance.is(0.1)) await session.query('select pgque.touch_subconsumer($1, $2, $3)', [queue, name, member]);
  if (chance.is(0.02)) throw new Error('closed by the consumer itself');
  for (const { payload } of done) consumer.attempted.add(payload);
  const answer = await settle(session, batchId, failed, chance).catch((error: unknown) => {
    if ((error as { code?: string }).code === 'QU003') return 0;
    throw error;
  });
  if (answer === 1) remember(consumer, done);
  else count(world, 'batches taken over');
  return messages.length;
}

function remember(consumer: Consumer, done: readonly Message[]): void {
  for (const { payload, retry_count } of done) {
    consumer.acked.set(payload, [...(consumer.acked.get(payload) ?? []), retry_count ?? 0]);
  }
}

/** Receives, at times twice: the second call must answer the same. */
async function receive(world: World, session: Client, queue: string, name: string, chance: Chance): Promise<Message[]> {
  const { rows: isolations } = await session.query<{ isolation: string }>(
    `select current_setting('transaction_isolation') as isolation`,
  );
  const mayTick = isolations[0]?.isolation === 'read committed';
  const functionName = mayTick && chance.is(0.3) ? 'tick_and_receive' : 'receive';
  const call = `select msg_id, batch_id, payload, retry_count from pgque.${functionName}($1, $2, $3)`;
  const { rows } = await session.query<Message>(call, [queue, name, chance.pick([1, 3, 20, 100, 1000])]);
  count(world, 'messages received', rows.length);
  if (rows.some((row, i) => i > 0 && row.msg_id <= (rows[i - 1]?.msg_id ?? 0n))) {
    world.violations.push(`${name}: messages out of order or doubled in batch ${rows[0]?.batch_id}`);
  }
  if (rows.length > 0 && chance.is(0.1)) {
    const again = await session.query<Message>(call, [queue, name, 1]);
    if (ids(again.rows) !== ids(rows)) {
      world.violations.push(`${name}: receive said ${ids(rows)} and then ${ids(again.rows)}`);
    }
  }
  return rows;
}

function ids(messages: readonly Message[]): string {
  return messages.map(({ batch_id, msg_id }) => `${batch_id}/${msg_id}`).join();
}

async function nextBatch(session: Client, queue: string, name: string): Promise<Message[]> {
  const { rows } = await session.query<{ batch: bigint | null }>('select pgque.next_batch($1, $2) as batch', [
    queue,
    name,
  ]);
  const batch = rows[0]?.batch;
  if (batch === null || batch === undefined) return [];
  const events = await session.query<Message>(
    'select ev_id as msg_id, $1::bigint as batch_id, ev_data as payload, ev_retry as retry_count from pgque.get_batch_events($1)',
    [batch],
  );
  if (events.rows.length === 0) await ackWith(session, 'finish_batch', batch);
  return events.rows;
}

function split(messages: readonly Message[], consumer: string): [done: Message[], failed: Message[]] {
  const fails = (message: Message): boolean => (message.retry_count ?? 0) < failuresOf(message.payload, consumer);
  return [messages.filter((message) => !fails(message)), messages.filter(fails)];
}

async function settle(session: Client, batchId: bigint, failed: readonly Message[], chance: Chance): Promise<number> {
  const { rows } = await session.query<{ answer: number }>(
    'select pgque.settle($1, $2::bigint[], $3::interval[]) as answer',
    [batchId, failed.map(({ msg_id }) => msg_id), failed.map(() => `${chance.between(0, 300)} ms`)],
  );
  return rows[0]?.answer ?? -1;
}

async function ackWith(session: Client, verb: 'ack' | 'finish_batch', batchId: bigint): Promise<number> {
  const { rows } = await session.query<{ answer: number }>(`select pgque.${verb}($1) as answer`, [batchId]);
  return rows[0]?.answer ?? -1;
}

async function record(session: Client, consumer: string, done: readonly Message[]): Promise<void> {
  await session.query(
    `insert into settled (consumer, token, retry_count)
     select $1, t.token, t.retry_count from unnest($2::text[], $3::int[]) t (token, retry_count)`,
    [consumer, done.map(({ payload }) => payload), done.map(({ retry_count }) => retry_count ?? 0)],
  );
}
