import 'reflect-metadata';
import type { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { consumerKey, type HandlerMetadata, handlersKey } from '../decorators/metadata.ts';
import type { PgqueConsumerOptions } from '../decorators/pgque-consumer.ts';
import type { HandlerMethod, Wrapper } from '../handling/handler-method.ts';
import { PgqueModuleError } from '../pgque-module-error.ts';

/** A class with `@PgqueConsumer`, and its methods with `@PgqueHandler`. */
export interface ConsumerClass {
  readonly className: string;
  readonly options: PgqueConsumerOptions;
  readonly handlers: readonly HandlerMethod[];
}

/** Everything in the application that is decorated as a consumer. Throws where half of the decoration is missing. */
export function findConsumerClasses(discovery: DiscoveryService, scanner: MetadataScanner): ConsumerClass[] {
  for (const wrapper of discovery.getControllers()) refuseController(wrapper, scanner);
  return discovery.getProviders().flatMap((wrapper) => {
    const type = classOf(wrapper);
    if (!type) return [];
    const options: PgqueConsumerOptions | undefined = Reflect.getMetadata(consumerKey, type);
    const handlers = handlersOf(wrapper, type, scanner);
    if (options) return [{ className: type.name, options, handlers: requireHandlers(type, options, handlers) }];
    if (handlers[0]) throw notAConsumer(handlers[0]);
    return [];
  });
}

type Class = NewableFunction & { readonly prototype: object };

/** `undefined` for what no class stands behind, and for a second name of what is there under another. */
function classOf({ isAlias, isNotMetatype, metatype, instance }: Wrapper): Class | undefined {
  if (isAlias) return undefined;
  const type: unknown = isNotMetatype ? instance?.constructor : metatype;
  return typeof type === 'function' && type.prototype ? (type as Class) : undefined;
}

function handlersOf(
  wrapper: Wrapper,
  { name: className, prototype }: Class,
  scanner: MetadataScanner,
): HandlerMethod[] {
  return scanner.getAllMethodNames(prototype).flatMap((methodName) => {
    const method = (prototype as Record<string, object>)[methodName] as object;
    const all: readonly HandlerMetadata[] = Reflect.getMetadata(handlersKey, method) ?? [];
    return all.map((metadata) => ({ wrapper, className, methodName, metadata }));
  });
}

function requireHandlers(
  { name }: Class,
  { queue }: PgqueConsumerOptions,
  handlers: readonly HandlerMethod[],
): readonly HandlerMethod[] {
  if (handlers.length > 0) return handlers;
  const example = typeof queue === 'object' ? (Object.keys(queue.schemas)[0] ?? '*') : '*';
  throw new PgqueModuleError(
    'no_handlers',
    `${name} is a consumer without handlers: give one of its methods @PgqueHandler('${example}')`,
  );
}

function notAConsumer({ className, methodName }: HandlerMethod): PgqueModuleError {
  return new PgqueModuleError(
    'not_a_consumer',
    `${className}.${methodName} is a handler, but ${className} is no consumer: give the class @PgqueConsumer({ queue, name })`,
  );
}

function refuseController(wrapper: Wrapper, scanner: MetadataScanner): void {
  const type = classOf(wrapper);
  if (!type) return;
  const [handler] = handlersOf(wrapper, type, scanner);
  if (!handler && !Reflect.hasMetadata(consumerKey, type)) return;
  throw new PgqueModuleError(
    'not_a_consumer',
    `${type.name}${handler ? `.${handler.methodName}` : ''} handles messages, but ${type.name} is a controller: ` +
      'move it to a class of its own, which is a provider',
  );
}
