import { type Context, isSpanContextValid, type Link, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { headersOf } from '../headers.ts';
import type { Message } from '../message.ts';

/** The context in which a message was sent, as its headers tell it; without any, that of nobody. */
export function producerOf(message: Message): Context {
  return propagation.extract(ROOT_CONTEXT, headersOf(message));
}

/** A link to each span of these contexts, once. */
export function linksTo(contexts: readonly Context[]): Link[] {
  const links = new Map<string, Link>();
  for (const each of contexts) {
    const span = trace.getSpanContext(each);
    if (span && isSpanContextValid(span)) links.set(span.traceId + span.spanId, { context: span });
  }
  return [...links.values()];
}
