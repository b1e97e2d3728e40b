import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { Chance } from '../random/chance.ts';
import { failuresOf } from '../random/fate.ts';

/** What a member is told, as the one argument of its process. */
export interface MemberOptions {
  readonly url: string;
  readonly queue: string;
  readonly consumer: string;
  readonly member: string;
  readonly deadInterval: string;
  readonly seed: number;
}

/** What a member says to the process that forked it: what to count, what must never happen, and how it fares. */
export type MemberReport =
  | { readonly kind: 'count' | 'violation'; readonly what: string }
  | { readonly kind: 'backend'; readonly pid: number }
  | { readonly kind: 'holds the group' };

interface Message {
  msg_id: string;
  batch_id: string;
  payload: string;
  retry_count: number | null;
}

// A program, forked by herd.ts: a process of its own, so that it can be frozen and killed at any moment. It works until
// then. What it has done it writes into the table `settled` in the transaction of the ack, and each batch that it got
// into `claim`, so that others can try its old tokens.
const { url, queue, consumer, member, deadInterval, seed } = JSON.parse(process.argv[2] ?? '') as MemberOptions;
const chance = new Chance(seed);
process.on('disconnect', () => process.exit());
const session = new Client({ connectionString: url, application_name: member });
session.on('error', () => {});
await session.connect();
await session.query(`set statement_timeout = '60s'`);
tell({ kind: 'backend', pid: await answerOf('select pg_backend_pid()', []) });

for (;;) {
  try {
    const handled = chance.is(0.1) ? await workInOneTransaction() : await work();
    if (handled === 0) await delay(chance.between(1, 20));
    if (chance.is(0.01)) await leave();
  } catch (error) {
    await session.query('rollback');
    const { code } = error as { code?: string };
    // What a caller is told to run again; a deadlock is not among that.
    if (code === '40001') report('count', 'member: 40001');
    else report('violation', `${member}: ${String(error)} ${code} ${(error as { where?: string }).where ?? ''}`);
  }
}

/** Claims in a transaction of its own, as one should: the work of others goes on meanwhile. */
async function work(): Promise<number> {
  const messages = chance.is(0.1) ? await nextBatch() : await receive();
  const [first] = messages;
  if (!first) return 0;
  await note(first);
  if (chance.is(0.3)) await delay(chance.between(1, 300));
  const isGone = chance.is(0.2) && (await touch()) === 0;
  // Killed after this, it leaves messages behind that another will give back once more.
  if (chance.is(0.5)) await nackEach(first.batch_id, failed(messages));
  if (chance.is(0.2)) await delay(chance.between(1, 300));
  await session.query('begin');
  const isSettled = await settle(first.batch_id, messages);
  if (isSettled && isGone) report('violation', `${member}: acknowledged ${first.batch_id} after touch said 0`);
  if (chance.is(0.2)) await delay(chance.between(1, 100));
  await session.query(isSettled ? 'commit' : 'rollback');
  if (!isSettled) await useUp(first);
  return messages.length;
}

/** Holds the group until it has finished. */
async function workInOneTransaction(): Promise<number> {
  await session.query(`begin isolation level ${chance.pick(['read committed', 'read committed', 'repeatable read'])}`);
  const messages = await receive();
  const [first] = messages;
  if (first) {
    await note(first);
    tell({ kind: 'holds the group' });
    await delay(chance.between(1, 100));
    if (!(await settle(first.batch_id, messages))) {
      report('violation', `${member}: ${first.batch_id} was taken while its transaction was open`);
    }
  }
  await session.query(chance.is(0.1) ? 'rollback' : 'commit');
  return messages.length;
}

async function receive(): Promise<Message[]> {
  const { rows } = await session.query<Message>(
    'select msg_id, batch_id, payload, retry_count from pgque.receive_coop($1, $2, $3, $4, $5)',
    [queue, consumer, member, chance.pick([1, 3, 20, 100]), deadInterval],
  );
  return rows;
}

async function nextBatch(): Promise<Message[]> {
  const { rows } = await session.query<{ batch: string | null }>('select pgque.next_batch($1, $2, $3, $4) as batch', [
    queue,
    consumer,
    member,
    deadInterval,
  ]);
  const batch = rows[0]?.batch;
  if (!batch) return [];
  const events = await tolerateLoss(() =>
    session.query<Message>(
      'select ev_id as msg_id, $1 as batch_id, ev_data as payload, ev_retry as retry_count from pgque.get_batch_events($1)',
      [batch],
    ),
  );
  if (events?.rows.length === 0) await answerOf('select pgque.finish_batch($1)', [batch]);
  return events?.rows ?? [];
}

async function note({ batch_id, msg_id, retry_count }: Message): Promise<void> {
  await session.query('insert into claim values ($1, $2, $3) on conflict do nothing', [batch_id, msg_id, retry_count]);
}

function failed(messages: readonly Message[]): Message[] {
  return messages.filter(({ payload, retry_count }) => (retry_count ?? 0) < failuresOf(payload, consumer));
}

async function nackEach(batchId: string, messages: readonly Message[]): Promise<void> {
  for (const { msg_id } of messages) {
    const call = 'select pgque.nack($1, array[$2::bigint], array[$3::interval])';
    await tolerateLoss(() => session.query(call, [batchId, msg_id, '20 ms']));
  }
}

/** Records what is done, gives back what failed and acknowledges, in the open transaction; false: the batch is lost. */
async function settle(batchId: string, messages: readonly Message[]): Promise<boolean> {
  const again = failed(messages);
  const done = messages.filter((message) => !again.includes(message));
  await session.query(
    `insert into settled (consumer, token, retry_count)
     select $1, t.token, t.retry_count from unnest($2::text[], $3::int[]) t (token, retry_count)`,
    [consumer, done.map(({ payload }) => payload), done.map(({ retry_count }) => retry_count ?? 0)],
  );
  const call = 'select pgque.settle($1, $2::bigint[], $3::interval[]) as answer';
  const delays = again.map(() => `${chance.between(0, 300)} ms`);
  const answer = await tolerateLoss(() => answerOf(call, [batchId, again.map(({ msg_id }) => msg_id), delays]));
  return answer === 1;
}

/** The token of a batch that another has now must work for nothing. */
async function useUp({ batch_id, msg_id }: Message): Promise<void> {
  report('count', 'batches found taken over');
  if ((await answerOf('select pgque.ack($1)', [batch_id])) !== 0) {
    report('violation', `${member}: acknowledged ${batch_id}, which it had lost`);
  }
  const nacked = await tolerateLoss(() => answerOf('select pgque.nack($1, array[$2::bigint])', [batch_id, msg_id]));
  if (nacked !== undefined) report('violation', `${member}: nacked in ${batch_id}, which it had lost`);
}

function touch(): Promise<number> {
  return answerOf('select pgque.touch_subconsumer($1, $2, $3)', [queue, consumer, member]);
}

/** Its next call registers it again. */
async function leave(): Promise<void> {
  try {
    await answerOf('select pgque.unregister_subconsumer($1, $2, $3)', [queue, consumer, member]);
  } catch (error) {
    if ((error as { code?: string }).code !== 'QU019') throw error;
  }
}

async function answerOf(call: string, values: unknown[]): Promise<number> {
  const { rows } = await session.query<Record<string, number>>(call, values);
  return Object.values(rows[0] ?? {})[0] ?? -1;
}

/** Undefined when the batch is no longer this member's. */
async function tolerateLoss<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if ((error as { code?: string }).code === 'QU003') return undefined;
    throw error;
  }
}

function report(kind: 'count' | 'violation', what: string): void {
  tell({ kind, what });
}

function tell(message: MemberReport): void {
  process.send?.(message);
}
