/** The ops of the protocol by the capability that a driver declares for all of a group. */
const groups = {
  produce: ['send', 'send_batch', 'insert_event'],
  delay: ['send_at', 'cancel'],
  consume: ['subscribe', 'unsubscribe', 'receive', 'ack', 'nack', 'nack_many', 'settle', 'seek'],
  dead_letters: ['dlq_inspect', 'dlq_replay', 'dlq_replay_all', 'dlq_purge'],
  cooperate: ['subscribe_subconsumer', 'unsubscribe_subconsumer', 'receive_coop', 'touch_subconsumer'],
  operate: [
    'create_queue',
    'drop_queue',
    'set_queue_config',
    'pause_queue',
    'resume_queue',
    'ticker',
    'tick',
    'force_next_tick',
    'maint',
    'maint_retry_events',
  ],
  look: ['version', 'health', 'queue_stats', 'consumer_stats'],
  primitives: ['next_batch', 'get_batch_events', 'finish_batch', 'event_retry'],
  transactions: ['begin', 'query', 'commit', 'rollback'],
  pages: ['pages'],
  consumer: ['consumer_start', 'consumer_stop', 'consumer_health', 'answer'],
} as const;

/** Capabilities without ops of their own. */
const traits = [
  'exact_integers',
  'typed_nulls',
  'exactly_once',
  'single_reader',
  'members',
  'busy_handlers',
  'concurrency',
  'order_by',
  'handler_exit',
  'lost_threads',
  'abort_signal',
  'listen',
  'pooled',
  'reconnects',
] as const;

export const capabilities = [...(Object.keys(groups) as (keyof typeof groups)[]), ...traits] as const;
export type Capability = (typeof capabilities)[number];

const common = ['connect', 'close'];
const byOp = new Map<string, string>(
  Object.entries(groups).flatMap(([group, names]) => names.map((name): [string, string] => [name, group])),
);

export const ops: ReadonlySet<string> = new Set([...common, ...byOp.keys()]);

export function opCapability(op: string): string | undefined {
  return byOp.get(op);
}
