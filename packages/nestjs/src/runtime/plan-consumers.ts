import { nameOf } from 'pgque';
import type { PgqueConsumerOptions } from '../decorators/pgque-consumer.ts';
import type { HandlerMethod } from '../handling/handler-method.ts';
import { PgqueModuleError } from '../pgque-module-error.ts';
import { defaultConnection } from '../tokens.ts';
import type { ConsumerPlan } from './consumer-plan.ts';
import type { ConsumerClass } from './find-handlers.ts';

/** Puts together what the classes say about each consumer. Throws where they contradict each other or their queue. */
export function planConsumers(classes: readonly ConsumerClass[], connections: readonly string[]): ConsumerPlan[] {
  for (const consumerClass of classes) {
    requireConnection(consumerClass, connections);
    for (const handler of consumerClass.handlers) requireQueue(consumerClass, handler);
  }
  const groups = Map.groupBy(classes, ({ options }) => JSON.stringify(identify(options)));
  return [...groups.values()].map(planConsumer);
}

function identify({ connection = defaultConnection, queue, name }: PgqueConsumerOptions): readonly string[] {
  return [connection, nameOf(queue), name];
}

function planConsumer(classes: readonly ConsumerClass[]): ConsumerPlan {
  const [first] = classes as readonly [ConsumerClass];
  const { connection = defaultConnection, queue, name } = first.options;
  const handlers = classes.flatMap((each) => each.handlers);
  refuseDoubles(handlers, `consumer ${name} of queue ${nameOf(queue)}`);
  return {
    connection,
    queue: nameOf(queue),
    name,
    options: theOneWithOptions(classes).options,
    classNames: classes.map(({ className }) => className),
    handlers,
  };
}

/** A definition counts: with it, messages are looked at before a handler sees them. */
function theOneWithOptions(classes: readonly ConsumerClass[]): ConsumerClass {
  const [said, other] = classes.filter(
    ({ options: { connection: _, queue, name: __, ...more } }) =>
      Object.keys(more).length > 0 ||
      (typeof queue === 'object' && classes.some((each) => each.options.queue !== queue)),
  );
  if (said && other) {
    const { queue, name } = said.options;
    throw new PgqueModuleError(
      'consumer_conflict',
      `${said.className} and ${other.className} both have options for consumer ${name} of queue ${nameOf(queue)}: leave them ` +
        'to one of the two, or give one another name, under which it sees every event too',
    );
  }
  return said ?? (classes[0] as ConsumerClass);
}

function requireConnection({ className, options }: ConsumerClass, connections: readonly string[]): void {
  const { connection = defaultConnection } = options;
  if (connections.includes(connection)) return;
  throw new PgqueModuleError(
    'unknown_connection',
    `${className} is a consumer of the connection '${connection}', which is not there: there ` +
      `${connections.length === 1 ? 'is' : 'are'} ${connections.map((each) => `'${each}'`).join(', ')}; another one comes ` +
      `with PgqueModule.forRoot({ name: '${connection}', … })`,
  );
}

function requireQueue({ options: { queue } }: ConsumerClass, { className, methodName, metadata }: HandlerMethod): void {
  const who = `${className}.${methodName}`;
  if (metadata.queue !== undefined && nameOf(metadata.queue) !== nameOf(queue)) {
    throw new PgqueModuleError(
      'wrong_queue',
      `${who} handles ${metadata.type} of queue ${nameOf(metadata.queue)}, but ${className} is a consumer of queue ` +
        `${nameOf(queue)}: move the method to a class of the other queue`,
    );
  }
  const known = typeof queue === 'object' ? Object.keys(queue.schemas) : undefined;
  if (!known || metadata.type === '*' || known.includes(metadata.type)) return;
  throw new PgqueModuleError(
    'unknown_event',
    `${who} handles ${metadata.type}, which queue ${nameOf(queue)} does not have: it has ${known.join(', ')}. With ` +
      `@PgqueHandler(definition, '${metadata.type}') the compiler finds out`,
  );
}

function refuseDoubles(handlers: readonly HandlerMethod[], consumer: string): void {
  for (const [type, [first, second]] of Map.groupBy(handlers, ({ metadata }) => metadata.type)) {
    if (!first || !second) continue;
    const isOneClass = first.className === second.className && first.methodName === second.methodName;
    throw new PgqueModuleError(
      'duplicate_handler',
      isOneClass
        ? `${first.className}.${first.methodName} handles ${type} of ${consumer} twice: is ${first.className} a provider of ` +
            'two modules? Let one of them export it'
        : `${first.className}.${first.methodName} and ${second.className}.${second.methodName} both handle ${type} of ` +
            `${consumer}: call one from the other, or give one class another consumer name, under which it sees every event too`,
    );
  }
}
