// The driver of `@pgque/consumer`.
import { type Consumer, createConsumer, DeadLetterError, fixed, RetryLaterError } from '@pgque/consumer';
import type { Client } from 'pgque';
import { type ConsumerArgs, consumerOps, given } from './kit/consumer-ops.ts';
import { ScriptedHandlers } from './kit/scripted-handlers.ts';
import { serveClient } from './kit/serve-client.ts';

const handlers = new ScriptedHandlers({
  retryAfter: (ms, reason) => new RetryLaterError(ms, reason),
  dead: (reason) => new DeadLetterError(reason),
});

function create(client: Client, args: ConsumerArgs): Consumer {
  const { queue, name, handle, types = ['*'], startAt, mode, member, retryMs, maxAttempts } = args;
  const options = given({
    startAt,
    mode,
    maxMessages: args.maxMessages,
    concurrency: args.concurrency,
    orderBy: args.orderBy === undefined ? undefined : (message: { type: string | null }) => message.type,
    members: member,
    deadInterval: args.deadIntervalMs,
    retry: retryMs === undefined ? undefined : fixed(retryMs, given({ maxAttempts })),
    unknownHandlerPolicy: args.unknownHandlerPolicy,
    pollInterval: args.pollIntervalMs,
    idlePollInterval: args.idlePollIntervalMs,
    stopTimeout: args.stopTimeoutMs,
  });
  const consumer = createConsumer(client, { queue, name, ...options } as { queue: string; name: string });
  for (const type of types) {
    consumer.on(type, (message, { signal, tx }) => {
      const query = (tx as { query(text: string): Promise<unknown> } | undefined)?.query.bind(tx);
      return handlers.handle({ handle, message, signal, query });
    });
  }
  return consumer as Consumer;
}

serveClient(
  'consumer',
  undefined,
  (current) => {
    const { ops, stop } = consumerOps((args) => create(current(), args));
    return {
      capabilities: [
        'consumer',
        'exactly_once',
        'single_reader',
        'members',
        'busy_handlers',
        'concurrency',
        'order_by',
        'handler_exit',
        'abort_signal',
        'listen',
        'pooled',
      ],
      ops: { ...ops, ...handlers.ops },
      stop,
    };
  },
  ['produce'],
);
