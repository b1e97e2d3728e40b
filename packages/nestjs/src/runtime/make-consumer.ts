import { type BatchHandler, type Consumer, createConsumer, type Handler, type HandlerContext } from '@pgque/consumer';
import type { Message } from 'pgque';
import type { Connection } from '../connection/connection.ts';
import type { HandlerInvoker } from '../handling/handler-invoker.ts';
import type { PgqueContext } from '../handling/pgque-context.ts';
import type { ConsumerPlan } from './consumer-plan.ts';

/** The consumer of a plan, with its handlers; what it does is all in `@pgque/consumer`. */
export function makeConsumer(plan: ConsumerPlan, { client, isManual }: Connection, invoker: HandlerInvoker): Consumer {
  const { connection: _, ...options } = plan.options;
  const consumer = createConsumer(client, isManual ? { startAt: 'earliest', ...options } : options);
  for (const handler of plan.handlers) {
    const { kind, type, options: handlerOptions } = handler.metadata;
    const invoke = invoker.bind(handler);
    if (kind === 'batch') {
      const handle = (messages: readonly Message[], given: HandlerContext): ReturnType<BatchHandler> =>
        // What the method has returned is looked at by the runtime.
        invoke(messages, toContext(plan, messages, undefined, given)) as Promise<undefined>;
      consumer.onBatch(type, handle, handlerOptions);
    } else {
      const handle: Handler = (message, given) => invoke(message, toContext(plan, [message], message, given));
      consumer.on(type, handle, handlerOptions);
    }
  }
  return consumer as unknown as Consumer;
}

function toContext(
  { connection, queue, name }: ConsumerPlan,
  messages: readonly Message[],
  message: Message | undefined,
  given: HandlerContext,
): PgqueContext {
  return { ...given, connection, queue, consumer: name, messages, message };
}
