import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { connect } from '../src/index.ts';
import { Operations } from '../src/operations/operations.ts';
import { methodNames } from './method-names.ts';

const database = await openTestDatabase();

/** Every function of the engine with the methods that call it; `dlq.` stands for `client.dlq`. */
const methodsOf: Readonly<Record<string, readonly string[]>> = {
  ack: ['ack'],
  batch_retry: ['batchRetry'],
  cancel: ['cancel'],
  consumer_stats: ['consumerStats'],
  create_queue: ['createQueue'],
  dlq_inspect: ['dlq.inspect'],
  dlq_purge: ['dlq.purge'],
  dlq_replay: ['dlq.replay'],
  dlq_replay_all: ['dlq.replayAll'],
  drop_queue: ['dropQueue'],
  event_dead: ['eventDead'],
  event_retry: ['eventRetry'],
  finish_batch: ['finishBatch'],
  force_next_tick: ['forceNextTick'],
  force_tick: ['forceTick'],
  get_batch_cursor: ['getBatchCursor'],
  get_batch_events: ['getBatchEvents'],
  get_batch_info: ['getBatchInfo'],
  get_consumer_info: ['getConsumerInfo'],
  get_queue_config: ['getQueueConfig'],
  get_queue_info: ['getQueueInfo'],
  health: ['health'],
  in_flight: ['inFlight'],
  insert_event: ['insertEvent'],
  lead_ticker: ['leadTicker'],
  maint: ['maint'],
  maint_deliver_delayed: ['maintDeliverDelayed'],
  maint_retry_events: ['maintRetryEvents'],
  maint_rotate_tables_step1: ['maintRotateTablesStep1'],
  maint_rotate_tables_step2: ['maintRotateTablesStep2'],
  metrics: ['metrics'],
  nack: ['nack', 'nackMany'],
  next_batch: ['nextBatch', 'nextBatchCoop'],
  next_batch_custom: ['nextBatchCustom', 'nextBatchCustomCoop'],
  next_batch_info: ['nextBatchInfo'],
  pause_queue: ['pauseQueue'],
  queue_stats: ['queueStats'],
  rebase: ['rebase'],
  receive: ['receive'],
  receive_coop: ['receiveCoop'],
  register_consumer: ['registerConsumer'],
  register_consumer_at: ['registerConsumerAt'],
  register_subconsumer: ['registerSubconsumer'],
  resume_queue: ['resumeQueue'],
  seek: ['seek'],
  send: ['send'],
  send_at: ['sendAt'],
  send_batch: ['sendBatch'],
  set_queue_config: ['setQueueConfig'],
  set_tick_period_ms: ['setTickPeriodMs'],
  settle: ['settle'],
  start: ['start'],
  status: ['status'],
  stop: ['stop'],
  stuck_consumers: ['stuckConsumers'],
  subscribe: ['subscribe'],
  subscribe_subconsumer: ['subscribeSubconsumer'],
  throughput: ['throughput'],
  tick_and_receive: ['tickAndReceive'],
  tick_pending: ['tickPending'],
  ticker: ['ticker', 'tick', 'externalTick'],
  ticker_loop: ['tickerLoop'],
  touch_subconsumer: ['touchSubconsumer'],
  uninstall: ['uninstall'],
  unregister_consumer: ['unregisterConsumer'],
  unregister_subconsumer: ['unregisterSubconsumer'],
  unsubscribe: ['unsubscribe'],
  unsubscribe_subconsumer: ['unsubscribeSubconsumer'],
  version: ['version'],
};

test('every function of the engine but its triggers has a method, and every method has its function', async () => {
  const rows = await database.query<{ name: string }>(`
    select distinct p.proname::text as name from pg_proc p
    where p.pronamespace = 'pgque'::regnamespace and p.proname not like '\\_%'
      and p.prorettype <> 'trigger'::regtype order by 1`);
  expect(rows.map(({ name }) => name)).toEqual(Object.keys(methodsOf).sort());
  expect(methodNames()).toEqual(Object.values(methodsOf).flat().sort());
});

test('the client and its transactions have the functions of the engine', async () => {
  await using client = await connect(database.url);
  expect(client).toBeInstanceOf(Operations);
  await client.transaction(async (tx) => expect(tx).toBeInstanceOf(Operations));
});
