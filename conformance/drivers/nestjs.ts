// The driver of `@pgque/nestjs`: an application for each consumer, and one that produces.
import 'reflect-metadata';
import type { INestApplicationContext, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DeadLetterError, RetryLaterError } from '@pgque/consumer';
import {
  getPgqueToken,
  PgqueConsumer,
  type PgqueContext,
  PgqueHandler,
  PgqueHealthIndicator,
  PgqueModule,
} from '@pgque/nestjs';
import type { Client, Message } from 'pgque';
import { type ConsumerArgs, consumerOps, type Health, type Runtime } from './kit/consumer-ops.ts';
import { given, toConsumerOptions } from './kit/consumer-options.ts';
import { ScriptedHandlers } from './kit/scripted-handlers.ts';
import { type Connect, type ConnectArgs, serveClient } from './kit/serve-client.ts';

const handlers = new ScriptedHandlers({
  retryAfter: (ms, reason) => new RetryLaterError(ms, reason),
  dead: (reason) => new DeadLetterError(reason),
});

class Root {}
let connection: ConnectArgs | undefined;

async function startApp(
  role: 'producer' | 'worker',
  options: object,
  providers: Type[],
): Promise<INestApplicationContext> {
  const { url, directUrl, queryTimeoutMs } = connection ?? { url: '' };
  const module = PgqueModule.forRoot({
    role,
    ticker: false,
    ...given({ url, direct: directUrl, queryTimeoutMs }),
    ...options,
  });
  const root = { module: Root, imports: [module], providers };
  return await NestFactory.createApplicationContext(root, { logger: false, abortOnError: false });
}

const open: Connect = async (args) => {
  connection = args;
  const app = await startApp('producer', {}, []);
  return { client: app.get<Client>(getPgqueToken()), close: () => app.close() };
};

/** A class with a method for each type, decorated without the syntax, which Node does not take. */
function makeClass(args: ConsumerArgs): Type {
  const { handle, types = ['*'] } = args;
  class Handlers {}
  for (const [at, type] of types.entries()) {
    const method = (message: Message, { signal, tx }: PgqueContext): Promise<void> => {
      const query = (tx as { query(text: string): Promise<unknown> } | undefined)?.query.bind(tx);
      return handlers.handle({ handle, message, signal, query });
    };
    const descriptor = { value: method, writable: true, configurable: true, enumerable: false };
    Object.defineProperty(Handlers.prototype, `on${at}`, descriptor);
    PgqueHandler(type)(Handlers.prototype, `on${at}`, descriptor);
  }
  PgqueConsumer(toConsumerOptions(args))(Handlers);
  return Handlers;
}

function create(args: ConsumerArgs): Runtime {
  let app: INestApplicationContext | undefined;
  const health = async (): Promise<Health> => {
    const { pgque } = (await app?.get(PgqueHealthIndicator).check()) ?? {};
    const consumer = pgque?.connections['default']?.consumers[`${args.queue}/${args.name}`];
    if (!pgque || !consumer) return { state: 'starting', isHealthy: false, acked: 0, retried: 0, dead: 0 };
    return { ...consumer, isHealthy: pgque.status === 'up' };
  };
  const start = async (): Promise<void> => {
    app = await startApp('worker', given({ stopTimeout: args.stopTimeoutMs }), [makeClass(args)]);
  };
  let closing: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    closing ??= app?.close();
    await closing;
  };
  return { start, stop, health };
}

serveClient(
  'nestjs',
  open,
  () => {
    const { ops, stop } = consumerOps(create);
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
