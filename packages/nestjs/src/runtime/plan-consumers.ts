import { nameOf, type QueueDefinition } from 'pgque';
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
  const handlers = classes.flatMap((each) => each.handlers);
  refuseDoubles(handlers);
  const { options, className } = theOneWithOptions(classes);
  const { connection = defaultConnection, name } = options;
  const queue = nameOf(options.queue);
  const definition = theDefinition(classes, className);
  for (const handler of handlers) requireEvent(handler, definition);
  const classNames = classes.map((each) => each.className);
  return { connection, queue, name, options: { ...options, queue: definition ?? queue }, classNames, handlers };
}

function theOneWithOptions(classes: readonly ConsumerClass[]): ConsumerClass {
  const [said, other] = classes.filter(
    ({ options: { connection: _, queue: __, name: ___, ...more } }) => Object.keys(more).length > 0,
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

/** Whoever says it, the class or one of its handlers: with it, every message is looked at before a handler sees it. */
function theDefinition(classes: readonly ConsumerClass[], className: string): QueueDefinition | undefined {
  const said = classes.flatMap(({ options, handlers }) => [
    options.queue,
    ...handlers.map(({ metadata }) => metadata.queue),
  ]);
  const [definition, other] = new Set(said.filter((queue) => typeof queue === 'object'));
  if (!other) return definition;
  throw new PgqueModuleError(
    'consumer_conflict',
    `${className} and its handlers have two definitions of queue ${other.name}: let them share one`,
  );
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
}

function requireEvent(
  { className, methodName, metadata: { type } }: HandlerMethod,
  definition: QueueDefinition | undefined,
): void {
  const known = definition && Object.keys(definition.schemas);
  if (!known || type === '*' || known.includes(type)) return;
  throw new PgqueModuleError(
    'unknown_event',
    `${className}.${methodName} handles ${type}, which queue ${definition.name} does not have: it has ${known.join(', ')}. ` +
      `With @PgqueHandler(definition, '${type}') the compiler finds out`,
  );
}

function refuseDoubles(handlers: readonly HandlerMethod[]): void {
  for (const [type, [first, second]] of Map.groupBy(handlers, ({ metadata }) => metadata.type)) {
    if (!first || !second) continue;
    const isOneClass = first.className === second.className && first.methodName === second.methodName;
    throw new PgqueModuleError(
      'duplicate_handler',
      isOneClass
        ? `${first.className}.${first.methodName} handles ${type} twice: is ${first.className} a provider of ` +
            'two modules? Let one of them export it'
        : `${first.className}.${first.methodName} and ${second.className}.${second.methodName} both handle ${type} for ` +
            'one consumer: call one from the other, or give one class another consumer name, under which it sees every event too',
    );
  }
}
