import { randomUUID } from 'node:crypto';
import { openTestDatabase } from '@pgque/testing';
import { afterAll, expect, test } from 'vitest';
import { pageFunctions, signatureOf } from '../support/api-page.ts';
import { openQueue } from '../support/queue-driver.ts';
import { rows } from '../support/rows.ts';
import { scalar } from '../support/scalar.ts';
import { hostileObjects } from './hostile-objects.ts';

const database = await openTestDatabase();
const user = `mallory_${randomUUID().slice(0, 8)}`;
await database.query(`
  create role ${user};
  grant pgque_reader, pgque_writer, pgque_admin to ${user};
  create schema hostile authorization ${user};
  grant usage on schema hostile to public;
  grant temporary on database "${database.name}" to ${user}`);
afterAll(() => database.query(`drop owned by ${user} cascade; drop role ${user}`));

const queue = await openQueue(database, { ticker_max_lag: '0 seconds' });
const external = await openQueue(database, { external_ticker: true });

const session = await database.role(user);
const warnings: (string | undefined)[] = [];
session.on('notice', (notice) => warnings.push(notice.message));
await session.query(hostileObjects);

/** A table for each capture trigger, with expressions for the traps to catch. */
const triggers = pageFunctions.filter(({ result }) => result === 'trigger').map(signatureOf);
for (const trigger of triggers) {
  const table = `public.captured_by_${trigger.slice(0, -2)}`;
  await database.query(`
    create table ${table} (id integer primary key, note text);
    grant insert, update, delete, select on ${table} to pgque_writer;
    create trigger capture after insert or update or delete on ${table} for each row
      execute function pgque.${trigger.slice(0, -2)}('${queue.name}', 'when=id + 1 > 0', 'ev_extra1=format(''%s'', note)')`);
}

/** A message in an open batch, and a dead letter, made by somebody else just before the call. */
async function prepare() {
  await queue.sendMany(['a', 'b', 'c']);
  await queue.tick();
  const messages = await queue.receiveSome();
  const { batch_id, msg_id } = messages[0];
  await scalar(database, 'select pgque.event_dead($1, $2)', [batch_id, messages[2]?.msg_id]);
  const deadLetter = await scalar<bigint>(database, 'select max(dl_id) from pgque.dead_letter');
  await scalar(database, `select pgque.register_subconsumer($1, 'group', 'member')`, [queue.name]);
  await scalar(database, `select pgque.subscribe($1, 'seeker')`, [queue.name]);
  return { batch_id, msg_id, deadLetter, q: queue.name, c: queue.consumer };
}

type Prepared = Awaited<ReturnType<typeof prepare>>;

/** One call per function of the page of the API. */
const calls: Record<string, (p: Prepared) => string> = {
  'ack(bigint)': (p) => `ack(${p.batch_id})`,
  'batch_retry(bigint,integer)': (p) => `batch_retry(${p.batch_id}, 1)`,
  'dlq_inspect(text,integer)': (p) => `dlq_inspect('${p.q}', 1)`,
  'event_retry(bigint,bigint,integer)': (p) => `event_retry(${p.batch_id}, ${p.msg_id}, 1)`,
  'event_retry(bigint,bigint,timestamp with time zone)': (p) =>
    `event_retry(${p.batch_id}, ${p.msg_id}, timestamptz '2100-01-01')`,
  'finish_batch(bigint)': (p) => `finish_batch(${p.batch_id})`,
  'get_batch_events(bigint)': (p) => `get_batch_events(${p.batch_id})`,
  'get_batch_info(bigint)': (p) => `get_batch_info(${p.batch_id})`,
  'get_consumer_info(text,text)': (p) => `get_consumer_info('${p.q}', '${p.c}')`,
  'get_queue_config(text)': (p) => `get_queue_config('${p.q}')`,
  'get_queue_info(text)': (p) => `get_queue_info('${p.q}')`,
  'consumer_stats(text)': (p) => `consumer_stats('${p.q}')`,
  'queue_stats(text)': (p) => `queue_stats('${p.q}')`,
  'in_flight(text)': (p) => `in_flight('${p.q}')`,
  'stuck_consumers(interval)': () => `stuck_consumers(interval '0 s')`,
  'throughput(text,interval,interval)': (p) => `throughput('${p.q}', '1 minute', '1 second')`,
  'metrics()': () => 'metrics()',
  'health()': () => 'health()',
  'nack(bigint,bigint[],interval[],text[],boolean[])': (p) =>
    `nack(${p.batch_id}, array[${p.msg_id}]::bigint[], array[interval '1 s'], array['why'])`,
  'nack(bigint,message,interval,text)': (p) =>
    `nack(${p.batch_id}, row(${p.msg_id}, 1, '', '', 1, null, '', '', '', '')::pgque.message, interval '1 s', 'why')`,
  'next_batch(text,text)': (p) => `next_batch('${p.q}', '${p.c}')`,
  'next_batch_custom(text,text,interval,integer,interval)': (p) =>
    `next_batch_custom('${p.q}', '${p.c}', '1 s', 1, '1 s')`,
  'next_batch(text,text,text,interval)': (p) => `next_batch('${p.q}', 'group', 'm', '1 s')`,
  'next_batch_custom(text,text,text,interval,integer,interval,interval)': (p) =>
    `next_batch_custom('${p.q}', 'group', 'm', '1 s', 1, '1 s', '1 s')`,
  'receive_coop(text,text,text,integer,interval)': (p) => `receive_coop('${p.q}', 'group', 'm', 1, '1 s')`,
  'register_subconsumer(text,text,text,boolean)': (p) => `register_subconsumer('${p.q}', 'group', 'n')`,
  'subscribe_subconsumer(text,text,text,boolean)': (p) => `subscribe_subconsumer('${p.q}', 'group', 'o')`,
  'touch_subconsumer(text,text,text)': (p) => `touch_subconsumer('${p.q}', 'group', 'member')`,
  'unregister_subconsumer(text,text,text,integer)': (p) => `unregister_subconsumer('${p.q}', 'group', 'member', 1)`,
  'unsubscribe_subconsumer(text,text,text,integer)': (p) => `unsubscribe_subconsumer('${p.q}', 'group', 'member', 1)`,
  'next_batch_info(text,text)': (p) => `next_batch_info('${p.q}', '${p.c}')`,
  'seek(text,text,text)': (p) => `seek('${p.q}', 'seeker', 'latest')`,
  'seek(text,text,bigint)': (p) => `seek('${p.q}', 'seeker', 1)`,
  'seek(text,text,timestamp with time zone)': (p) => `seek('${p.q}', 'seeker', pg_catalog.now())`,
  'subscribe(text,text,text)': (p) => `subscribe('${p.q}', 'newest ${p.batch_id}', 'earliest')`,
  'register_consumer_at(text,text,bigint)': (p) => `register_consumer_at('${p.q}', 'seeker', 1)`,
  'receive(text,text,integer)': (p) => `receive('${p.q}', '${p.c}', 2)`,
  'register_consumer(text,text)': (p) => `register_consumer('${p.q}', 'new ${p.batch_id}')`,
  'settle(bigint,bigint[],interval[],text[],boolean[])': (p) =>
    `settle(${p.batch_id}, array[${p.msg_id}]::bigint[], array[interval '1 s'], array['why'])`,
  'subscribe(text,text)': (p) => `subscribe('${p.q}', 'newer ${p.batch_id}')`,
  'unregister_consumer(text,text)': (p) => `unregister_consumer('${p.q}', 'nobody')`,
  'unsubscribe(text,text,boolean)': (p) => `unsubscribe('${p.q}', 'nobody', true)`,
  'dlq_replay(bigint)': (p) => `dlq_replay(${p.deadLetter})`,
  'dlq_replay_all(text)': (p) => `dlq_replay_all('${p.q}')`,
  'insert_event(text,text,text)': (p) => `insert_event('${p.q}', 't', 'd')`,
  'insert_event(text,text,text,text,text,text,text)': (p) => `insert_event('${p.q}', 't', 'd', '1', '2', '3', '4')`,
  'cancel(bigint)': () => 'cancel(1)',
  'send_at(text,text,text,timestamp with time zone)': (p) =>
    `send_at('${p.q}', 't', 'x'::pg_catalog.text, pg_catalog.now())`,
  'send_at(text,text,jsonb,timestamp with time zone)': (p) =>
    `send_at('${p.q}', 't', '{}'::pg_catalog.jsonb, pg_catalog.now())`,
  'send_at(text,text,text,interval)': (p) => `send_at('${p.q}', 't', 'x'::pg_catalog.text, '1 s'::pg_catalog.interval)`,
  'send_at(text,text,jsonb,interval)': (p) =>
    `send_at('${p.q}', 't', '{}'::pg_catalog.jsonb, '1 s'::pg_catalog.interval)`,
  'maint_deliver_delayed()': () => 'maint_deliver_delayed()',
  ...Object.fromEntries(
    triggers.map((trigger) => {
      const table = `public.captured_by_${trigger.slice(0, -2)}`;
      return [
        trigger,
        () => `insert into ${table} values (1, 'x, "y"'); update ${table} set note = ''; delete from ${table}`,
      ];
    }),
  ),
  'send(text,jsonb)': (p) => `send('${p.q}', jsonb '{}')`,
  'send(text,text)': (p) => `send('${p.q}', text 'x')`,
  'send(text,text,jsonb)': (p) => `send('${p.q}', 't', jsonb '{}')`,
  'send(text,text,text)': (p) => `send('${p.q}', 't', text 'x')`,
  'send_batch(text,jsonb[])': (p) => `send_batch('${p.q}', array[jsonb '{}'])`,
  'send_batch(text,text,jsonb[])': (p) => `send_batch('${p.q}', 't', array[jsonb '{}'])`,
  'send_batch(text,text,text[])': (p) => `send_batch('${p.q}', 't', array['x'])`,
  'send_batch(text,text[])': (p) => `send_batch('${p.q}', array['x'])`,
  'send_batch(text,text[],text[],text[])': (p) => `send_batch('${p.q}', array['t'], array['x'], array['e'])`,
  'create_queue(text)': (p) => `create_queue('one ${p.batch_id}')`,
  'create_queue(text,jsonb)': (p) => `create_queue('two ${p.batch_id}', '{"max_retries": 3}')`,
  'dlq_purge(text,interval)': (p) => `dlq_purge('${p.q}', '1 day')`,
  'drop_queue(text,boolean)': () => `drop_queue('${external.name}', true)`,
  'event_dead(bigint,bigint,text)': (p) => `event_dead(${p.batch_id}, ${p.msg_id}, 'why')`,
  'force_next_tick(text)': (p) => `force_next_tick('${p.q}')`,
  'force_tick(text)': (p) => `force_tick('${p.q}')`,
  'get_batch_cursor(bigint,text,integer,text)': (p) => `get_batch_cursor(${p.batch_id}, 'c', 1, 'true')`,
  'lead_ticker()': () => 'lead_ticker()',
  'maint()': () => 'maint()',
  'maint_retry_events()': () => 'maint_retry_events()',
  'maint_rotate_tables_step1(text)': (p) => `maint_rotate_tables_step1('${p.q}')`,
  'maint_rotate_tables_step2()': () => 'maint_rotate_tables_step2()',
  'rebase()': () => 'rebase()',
  'pause_queue(text)': (p) => `pause_queue('${p.q}')`,
  'resume_queue(text)': (p) => `resume_queue('${p.q}')`,
  'set_queue_config(text,text,text)': (p) => `set_queue_config('${p.q}', 'max_retries', '3')`,
  'set_tick_period_ms(integer)': () => 'set_tick_period_ms(50)',
  'start()': () => 'start()',
  'status()': () => 'status()',
  'stop()': () => 'stop()',
  'tick_and_receive(text,text,integer)': (p) => `tick_and_receive('${p.q}', '${p.c}', 10)`,
  'tick_pending(integer)': () => 'tick_pending(1)',
  'ticker()': () => 'ticker()',
  'ticker(text)': (p) => `ticker('${p.q}')`,
  'ticker(text,bigint,timestamp with time zone,bigint)': () =>
    `ticker('${external.name}', 2::bigint, timestamptz '2100-01-01', 1::bigint)`,
  'ticker_loop(interval)': () => `ticker_loop('1 millisecond')`,
  'version()': () => 'version()',
};

test.each([user, 'pgque_reader', 'pgque_writer', 'pgque_admin'])(
  'the traps work for %s: what is not qualified springs one',
  async (role) => {
    for (const trap of ['clock_timestamp()', '1 + 1', `format('%s', 'a'::text)`, `send('q'::text, 'x'::text)`]) {
      await session.query(`begin; set local search_path = hostile, pg_temp, pg_catalog; set local role ${role}`);
      await expect(session.query(`select ${trap}`)).rejects.toThrow('captured');
      await session.query('rollback');
    }
    expect(warnings.length).toBeGreaterThan(0);
    warnings.length = 0;
  },
);

test('every function of the page of the API that anybody may call is tried', () => {
  const granted = pageFunctions.filter(({ roles }) => roles.length > 0).map(signatureOf);
  expect(Object.keys(calls).toSorted()).toEqual(granted.toSorted());
});

// In a transaction that is rolled back, so that each call meets the same state; as the least role that may.
const roleOf = (signature: string): string =>
  pageFunctions.find((each) => signatureOf(each) === signature)?.roles[0] ?? '';

/** Refused on a server without pg_cron, after all that it would look up there. */
const refusals: Record<string, string> = { 'start()': 'QU010' };

/** It commits as it goes, and so does not run in a transaction. */
const procedure = 'ticker_loop(interval)';

const functionsCalled = Object.keys(calls).filter((signature) => signature !== procedure);

test.each(functionsCalled)('pgque.%s calls nothing of a hostile search_path', async (signature) => {
  const prepared = await prepare();
  const call = calls[signature]?.(prepared) ?? '';
  await session.query('begin');
  try {
    await session.query('set local search_path = hostile, pg_temp, pg_catalog');
    await session.query(`set local role ${roleOf(signature)}`);
    const answer = session.query(call.startsWith('insert into ') ? call : `select * from pgque.${call}`);
    const refusal = refusals[signature];
    await (refusal ? expect(answer).rejects.toMatchObject({ code: refusal }) : answer);
    if (signature.startsWith('get_batch_cursor')) await rows(session, 'fetch all from c');
  } finally {
    await session.query('rollback');
  }
  expect(warnings).toEqual([]);
  await queue.ack(prepared.batch_id);
});

test(`pgque.${procedure} calls nothing of a hostile search_path in any of its transactions`, async () => {
  const looped = await openQueue(database, { ticker_max_lag: '0 seconds' });
  await looped.send('ticked by the loop');
  await session.query(`set search_path = hostile, pg_temp, pg_catalog; set role ${roleOf(procedure)}`);
  try {
    await session.query(`call pgque.ticker_loop('1 millisecond')`);
  } finally {
    await session.query(`reset search_path; set role ${user}`);
  }
  expect(warnings).toEqual([]);
  expect(await looped.receivePayloads()).toEqual(['ticked by the loop']);
});
