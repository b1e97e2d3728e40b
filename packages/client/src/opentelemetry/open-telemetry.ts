import {
  context,
  type MeterProvider,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  type Tracer,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import type { Headers } from '../headers.ts';
import type { Attempt, AttemptResult, Batch, Instrumentation, Sending, Settlement } from '../instrumentation.ts';
import type { Message } from '../message.ts';
import { attemptNumber, attributesOf, eventType, messageCount, messageId, outcomeName } from './attributes.ts';
import { createInstruments, type Instruments } from './instruments.ts';
import { linksTo, producerOf } from './producers.ts';
import { Work } from './work.ts';

export interface OpenTelemetryOptions {
  /**
   * How an attempt hangs together with the producer of its message: a trace of its own with a link, or a part of the
   * producer's trace, which then ends when the last consumer has made its last attempt. @default 'link'
   */
  readonly parent?: 'link' | 'producer';
  /** @default the global one */
  readonly tracerProvider?: TracerProvider;
  /** @default the global one */
  readonly meterProvider?: MeterProvider;
}

/**
 * Traces and measures what a client and its consumers do: `connect({ instrumentation: openTelemetry(), … })`. A call that
 * sends is a span, whose context travels with the events in the format of the global propagator. A batch is the root of a
 * trace, and so is each attempt, with links to the producers and to the batch.
 */
export function openTelemetry(options: OpenTelemetryOptions = {}): Instrumentation {
  return new OpenTelemetryInstrumentation(options);
}

class OpenTelemetryInstrumentation implements Instrumentation {
  readonly #isPartOfProducer: boolean;
  readonly #meterProvider: MeterProvider | undefined;
  readonly #tracer: Tracer;
  #made: Instruments | undefined;

  constructor(options: OpenTelemetryOptions) {
    this.#isPartOfProducer = options.parent === 'producer';
    this.#meterProvider = options.meterProvider;
    this.#tracer = (options.tracerProvider ?? trace).getTracer('pgque');
  }

  /** Made when first used: the application may have set its meter provider after it has made its client. */
  get #instruments(): Instruments {
    this.#made ??= createInstruments(this.#meterProvider);
    return this.#made;
  }

  async send<Result>({ queue, count }: Sending, send: (headers: Headers) => Promise<Result>): Promise<Result> {
    const { sent, sendDuration } = this.#instruments;
    const attributes = attributesOf('send', queue);
    const span = this.#tracer.startSpan(`send ${queue}`, {
      kind: SpanKind.PRODUCER,
      attributes: { ...attributes, ...(count === 1 ? {} : { [messageCount]: count }) },
    });
    const headers: Record<string, string> = {};
    propagation.inject(trace.setSpan(context.active(), span), headers);
    const work = async () => {
      const result = await send(headers);
      if (typeof result === 'bigint') span.setAttribute(messageId, String(result));
      return result;
    };
    return await new Work(span, attributes).run(context.active(), work, (seconds, tags) => {
      sent.add(count, tags);
      sendDuration.record(seconds, tags);
    });
  }

  async batch<Result>({ queue, consumer, messages }: Batch, run: () => Promise<Result>): Promise<Result> {
    const { received, batchSize, lag, processDuration } = this.#instruments;
    const attributes = attributesOf('batch', queue, consumer);
    received.add(messages.length, attributes);
    batchSize.record(messages.length, attributes);
    const lagMs = lagOf(messages);
    if (lagMs !== undefined) lag.record(lagMs / 1000, attributes);
    const options = {
      kind: SpanKind.CONSUMER,
      attributes: { ...attributes, [messageCount]: messages.length },
      links: linksTo(messages.map(producerOf)),
    };
    // A consumer that was started within a span would else be a part of it for ever.
    const span = this.#tracer.startSpan(`batch ${queue}`, options, ROOT_CONTEXT);
    return await new Work(span, attributes).run(ROOT_CONTEXT, run, (seconds, tags) =>
      processDuration.record(seconds, tags),
    );
  }

  async attempt<Result extends AttemptResult>(
    { queue, consumer, message, attempt }: Attempt,
    run: () => Promise<Result>,
  ): Promise<Result> {
    const { processDuration } = this.#instruments;
    const attributes = attributesOf('process', queue, consumer);
    const producer = producerOf(message);
    const options = {
      kind: SpanKind.CONSUMER,
      attributes: {
        ...attributes,
        [messageId]: String(message.msgId),
        [attemptNumber]: attempt,
        ...(message.type === null ? {} : { [eventType]: message.type }),
      },
      links: linksTo(this.#isPartOfProducer ? [context.active()] : [producer, context.active()]),
    };
    // Of the producer's context everything but its span is the handler's as well.
    const parent = this.#isPartOfProducer ? producer : trace.deleteSpan(producer);
    const span = this.#tracer.startSpan(`process ${queue}`, options, parent);
    const work = new Work(span, attributes);
    const judged = async () => {
      const result = await run();
      span.setAttribute(outcomeName, result.outcome);
      if (result.outcome !== 'ack') work.fail(result.error);
      return result;
    };
    return await work.run(parent, judged, (seconds, tags) => processDuration.record(seconds, tags));
  }

  settled({ queue, consumer, acked, retried, dead }: Settlement): void {
    const attributes = attributesOf('batch', queue, consumer);
    for (const [outcome, count] of Object.entries({ ack: acked, retry: retried, dead })) {
      if (count > 0) this.#instruments.settled.add(count, { ...attributes, [outcomeName]: outcome });
    }
  }
}

/** Milliseconds since the oldest was sent; one that was given back has waited because it should. */
function lagOf(messages: readonly Message[]): number | undefined {
  const sentAt = messages.filter(({ retryCount }) => retryCount === null).map(({ createdAt }) => createdAt.getTime());
  return sentAt.length === 0 ? undefined : Math.max(0, Date.now() - Math.min(...sentAt));
}
