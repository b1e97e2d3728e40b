import 'reflect-metadata';
import type { AnyQueue, BatchHandlerOptions } from '@pgque/consumer';
import type { QueueDefinition } from 'pgque';
import { type HandlerMetadata, handlersKey, payloadKey } from './metadata.ts';

export type MethodDecoration = (prototype: object, name: string, descriptor: PropertyDescriptor) => void;

/** Notes on the method what it handles, and that its pipes get the payload. */
export function addHandler(
  kind: HandlerMetadata['kind'],
  queueOrType: AnyQueue,
  typeOrOptions: string | BatchHandlerOptions = {},
  options: BatchHandlerOptions = {},
): MethodDecoration {
  const metadata: HandlerMetadata =
    typeof typeOrOptions === 'string'
      ? { kind, queue: queueOrType as QueueDefinition, type: typeOrOptions, options }
      : { kind, queue: undefined, type: String(queueOrType), options: typeOrOptions };
  return (prototype, name, { value: method }) => {
    const others: readonly HandlerMetadata[] = Reflect.getMetadata(handlersKey, method) ?? [];
    Reflect.defineMetadata(handlersKey, [metadata, ...others], method);
    const payload = { [payloadKey]: { index: 0, data: undefined, pipes: [] } };
    Reflect.defineMetadata(payloadKey, payload, prototype.constructor, pipesOf(name));
  };
}

/** The name under which Nest keeps the parameters of a method; under its own they would be taken for what it is called with. */
export function pipesOf(method: string): string {
  return `${method} (pipes)`;
}
