// The driver of `@pgque/consumer`.
import { type Consumer, createConsumer, DeadLetterError, RetryLaterError } from '@pgque/consumer';
import type { Client } from 'pgque';
import { type ConsumerArgs, consumerOps } from './kit/consumer-ops.ts';
import { toConsumerOptions } from './kit/consumer-options.ts';
import { ScriptedHandlers } from './kit/scripted-handlers.ts';
import { serveClient } from './kit/serve-client.ts';

const handlers = new ScriptedHandlers({
  retryAfter: (ms, reason) => new RetryLaterError(ms, reason),
  dead: (reason) => new DeadLetterError(reason),
});

function create(client: Client, args: ConsumerArgs): Consumer<string, never> {
  const { handle, types = ['*'] } = args;
  const consumer = createConsumer(client, toConsumerOptions(args));
  for (const type of types) {
    consumer.on(type, (message, { signal, tx }) => {
      const query = (tx as { query(text: string): Promise<unknown> } | undefined)?.query.bind(tx);
      return handlers.handle({ handle, message, signal, query });
    });
  }
  return consumer as Consumer<string, never>;
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
