import { ContextIdFactory, type ExternalContextCreator, type ModuleRef } from '@nestjs/core';
import type { Message } from 'pgque';
import { pipesOf } from '../decorators/add-handler.ts';
import { payloadKey } from '../decorators/metadata.ts';
import { borrowMetadata } from './borrow-metadata.ts';
import type { HandlerMethod } from './handler-method.ts';
import { contextType, type PgqueContext } from './pgque-context.ts';

/** A message, or the messages of a batch handler. */
type Received = Message | readonly Message[];

/** A handler with everything around it. */
export type Invoke = (received: Received, context: PgqueContext) => Promise<unknown>;

type ContextId = ReturnType<typeof ContextIdFactory.create>;
type Method = (this: object, received: Received, context: PgqueContext) => unknown;

/**
 * Calls methods as Nest calls those of controllers: guards, interceptors, pipes, the method; and filters around all of it. In
 * each of these the global ones come first, then those of the class, then those of the method; filters the other way round.
 *
 * A filter may throw another error. One that returns nothing has not dealt with the error, whatever Nest makes of a promise
 * of nothing: a message must not be lost because somebody has logged it.
 */
export class HandlerInvoker {
  readonly #creator: ExternalContextCreator;
  readonly #moduleRef: ModuleRef;

  constructor(creator: ExternalContextCreator, moduleRef: ModuleRef) {
    this.#creator = creator;
    this.#moduleRef = moduleRef;
  }

  /** The method of one instance for all messages, or of an instance for each when something it needs is of request scope. */
  bind(handler: HandlerMethod): Invoke {
    const { wrapper } = handler;
    if (wrapper.isDependencyTreeStatic()) return this.#around(handler, wrapper.instance);
    return async (received, context) => {
      const contextId = ContextIdFactory.getByRequest(context);
      // A durable instance outlives the message: it gets what its strategy says, and never the message.
      const request = wrapper.isDependencyTreeDurable() ? contextId.payload : Object.assign(context, contextId.payload);
      this.#moduleRef.registerRequestByContextId(request, contextId);
      const instance = await this.#moduleRef.resolve<object>(wrapper.token, contextId, { strict: false });
      return await this.#around(handler, instance, contextId)(received, context);
    };
  }

  #around({ wrapper, methodName }: HandlerMethod, instance: object, contextId?: ContextId): Invoke {
    const method = (instance as Record<string, Method>)[methodName] as Method;
    const create = (
      callback: (...args: never[]) => unknown,
      only: { readonly guards?: boolean; readonly interceptors?: boolean; readonly filters?: boolean },
      pipesName?: string,
    ): ((...args: unknown[]) => Promise<unknown>) =>
      this.#creator.create(
        instance,
        borrowMetadata(method, callback) as (...args: unknown[]) => unknown,
        // Nest looks for decorated parameters under this name, and must find none but the payload.
        pipesName ?? `${methodName} (no parameters)`,
        pipesName && payloadKey,
        pipesName ? { exchangeKeyForValue: (_type, _data, [received]) => payloadOf(received) } : undefined,
        contextId,
        wrapper.id,
        { guards: false, interceptors: false, filters: false, ...only },
        contextType,
      );
    const pipe = create((payload: unknown) => payload, {}, pipesOf(methodName));
    const call = create(
      async (received: Received, context: PgqueContext) =>
        await method.call(instance, withPayload(received, await pipe(received)), context),
      { guards: true, interceptors: true },
    );
    return async (received, context) => {
      try {
        return await call(received, context);
      } catch (error) {
        const raise = (): never => {
          throw error;
        };
        const answer = await create(raise, { filters: true })(received, context);
        if (answer === undefined) throw error;
        return undefined;
      }
    };
  }
}

function payloadOf(received: Received): unknown {
  return isBatch(received) ? received.map(({ payload }) => payload) : received.payload;
}

function withPayload(received: Received, piped: unknown): Received {
  if (!isBatch(received)) return received.payload === piped ? received : { ...received, payload: piped };
  if (!Array.isArray(piped) || piped.length !== received.length) {
    throw new TypeError(`the pipes of a batch handler must return as many payloads as they get: ${received.length}`);
  }
  return received.map((message, index) => withPayload(message, piped[index]) as Message);
}

function isBatch(received: Received): received is readonly Message[] {
  return Array.isArray(received);
}
