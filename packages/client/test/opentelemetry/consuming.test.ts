import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Histogram } from '@opentelemetry/sdk-metrics';
import { beforeEach, expect, test } from 'vitest';
import type { AttemptResult, Instrumentation, Message } from '../../src/index.ts';
import { openTelemetry } from '../../src/opentelemetry/index.ts';
import { openTestClient } from '../open-test-client.ts';
import { tick } from '../tick.ts';
import { startTelemetry, takeSamples, takeSpans } from './telemetry.ts';

startTelemetry();
const { client } = await openTestClient({ instrumentation: openTelemetry() });
const tracer = trace.getTracer('test');

beforeEach(async () => {
  takeSpans();
  await takeSamples();
});

/** Sends each payload within a span of its own, and returns the messages with the spans of `send()`. */
async function produce(queue: string, payloads: readonly unknown[]) {
  await client.createQueue(queue);
  await client.subscribe(queue, 'processor');
  for (const payload of payloads) await client.send(queue, { type: 't', payload });
  await tick(client, queue);
  const messages = await client.receive(queue, 'processor');
  return { messages, sent: takeSpans().map((span) => span.spanContext()) };
}

/** What a consumer runtime does with a batch: each message is an attempt. */
function consume(
  instrumentation: Instrumentation,
  messages: readonly Message[],
  handle: (message: Message) => Promise<AttemptResult>,
): Promise<void> {
  const place = { queue: 'q', consumer: 'c' };
  return instrumentation.batch({ ...place, messages }, async () => {
    for (const message of messages) {
      await instrumentation.attempt({ ...place, message, attempt: (message.retryCount ?? 0) + 1 }, () =>
        handle(message),
      );
    }
  });
}

const ack = async (): Promise<AttemptResult> => ({ outcome: 'ack' });

test('a batch is the root of a trace, with links to the producers', async () => {
  const { messages, sent } = await produce('batches', [1, 2]);
  await tracer.startActiveSpan('boot', async (boot) => {
    await consume(openTelemetry(), messages, ack);
    boot.end();
  });
  const batch = takeSpans().find(({ name }) => name === 'batch q');
  expect(batch).toMatchObject({
    kind: SpanKind.CONSUMER,
    links: sent.map(({ spanId, traceId }) => ({ context: { spanId, traceId } })),
    attributes: {
      'messaging.system.name': 'pgque',
      'messaging.operation.name': 'batch',
      'messaging.operation.type': 'process',
      'messaging.destination.name': 'q',
      'messaging.consumer.group.name': 'c',
      'messaging.batch.message_count': 2,
    },
  });
  expect(batch?.parentSpanContext).toBeUndefined();
});

test('events that one call has sent are one link', async () => {
  await client.createQueue('shared');
  await client.subscribe('shared', 'processor');
  await client.sendBatch('shared', 't', [1, 2, 3]);
  await tick(client, 'shared');
  await consume(openTelemetry(), await client.receive('shared', 'processor'), ack);
  const [sent, , , , batch] = takeSpans();
  expect(batch?.links).toMatchObject([{ context: { spanId: sent?.spanContext().spanId } }]);
});

test('an attempt is a trace of its own, with links to its producer and to the batch', async () => {
  const { messages, sent } = await produce('attempts', [1, 2]);
  let inside: string | undefined;
  await consume(openTelemetry(), messages, async () => {
    inside = trace.getActiveSpan()?.spanContext().spanId;
    return { outcome: 'ack' };
  });
  const [first, second, batch] = takeSpans();
  for (const [index, span] of [first, second].entries()) {
    expect(span).toMatchObject({
      name: 'process q',
      kind: SpanKind.CONSUMER,
      status: { code: SpanStatusCode.UNSET },
      attributes: {
        'messaging.operation.name': 'process',
        'messaging.operation.type': 'process',
        'messaging.consumer.group.name': 'c',
        'messaging.message.id': String(messages[index]?.msgId),
        'pgque.event.type': 't',
        'pgque.attempt': 1,
        'pgque.outcome': 'ack',
      },
    });
    expect(span?.parentSpanContext).toBeUndefined();
    expect(span?.links.map((link) => link.context.spanId)).toEqual([sent[index]?.spanId, batch?.spanContext().spanId]);
  }
  expect(new Set([first, second, batch].map((span) => span?.spanContext().traceId)).size).toBe(3);
  expect(inside).toBe(second?.spanContext().spanId);
});

test("with parent: 'producer' an attempt is a part of the trace of its producer", async () => {
  const { messages, sent } = await produce('parents', [1]);
  await consume(openTelemetry({ parent: 'producer' }), messages, ack);
  const [attempt, batch] = takeSpans();
  expect(attempt?.spanContext().traceId).toBe(sent[0]?.traceId);
  expect(attempt?.parentSpanContext?.spanId).toBe(sent[0]?.spanId);
  expect(attempt?.links.map((link) => link.context.spanId)).toEqual([batch?.spanContext().spanId]);
  expect(batch?.spanContext().traceId).not.toBe(sent[0]?.traceId);
});

test('what a handler sends belongs to its attempt, and the baggage of the producer reaches the handler', async () => {
  const baggage = propagation.setBaggage(context.active(), propagation.createBaggage({ tenant: { value: 'a' } }));
  const { messages } = await context.with(baggage, () => produce('chain', [1]));
  let tenant: string | undefined;
  await consume(openTelemetry(), messages, async () => {
    tenant = propagation.getActiveBaggage()?.getEntry('tenant')?.value;
    await client.send('chain', { payload: 2 });
    return { outcome: 'ack' };
  });
  const [send, attempt] = takeSpans();
  expect(send?.parentSpanContext?.spanId).toBe(attempt?.spanContext().spanId);
  expect(tenant).toBe('a');
});

test('a failed attempt says what it failed of and what becomes of the message', async () => {
  const { messages } = await produce('failures', [1, 2]);
  const results: AttemptResult[] = [{ outcome: 'retry', error: new TypeError('boom') }, { outcome: 'dead' }];
  await consume(openTelemetry(), messages, async () => results.shift() as AttemptResult);
  const [retried, dead] = takeSpans();
  expect(retried).toMatchObject({
    status: { code: SpanStatusCode.ERROR, message: 'boom' },
    attributes: { 'pgque.outcome': 'retry', 'error.type': 'TypeError' },
    events: [{ name: 'exception', attributes: { 'exception.message': 'boom' } }],
  });
  expect(dead).toMatchObject({
    status: { code: SpanStatusCode.ERROR },
    attributes: { 'pgque.outcome': 'dead', 'error.type': '_OTHER' },
    events: [],
  });
});

test('what the runtime itself throws is handed on', async () => {
  const { messages } = await produce('thrown', [1]);
  const failing = consume(openTelemetry(), messages, () => Promise.reject(new Error('lost the lease')));
  await expect(failing).rejects.toThrow('lost the lease');
  const [attempt, batch] = takeSpans();
  expect(attempt).toMatchObject({ status: { code: SpanStatusCode.ERROR }, attributes: { 'error.type': 'Error' } });
  expect(batch).toMatchObject({ status: { code: SpanStatusCode.ERROR, message: 'lost the lease' } });
});

test('a message from somewhere else is an attempt without a producer', async () => {
  const { messages } = await produce('foreign', [1]);
  const foreign = [null, 'text', '[1]', '{"traceparent":7}', '{"traceparent":"00-0-0-00"}', '{"half":'];
  await consume(
    openTelemetry(),
    foreign.map((extra1) => ({ ...(messages[0] as Message), type: null, extra1 })),
    ack,
  );
  const spans = takeSpans();
  const batch = spans.pop();
  expect(spans).toHaveLength(foreign.length);
  for (const span of spans) expect(span.links).toMatchObject([{ context: batch?.spanContext() }]);
  expect(batch?.links).toEqual([]);
});

test('batches, handlers and outcomes are measured', async () => {
  const { messages } = await produce('measured', [1, 2, 3]);
  const sentAt = new Date(Date.now() - 90_000);
  const aged = messages.map((message, index) => ({
    ...message,
    createdAt: index === 0 ? new Date(0) : sentAt,
    retryCount: index === 0 ? 1 : null,
  }));
  await takeSamples();
  const telemetry = openTelemetry();
  await consume(telemetry, aged, async ({ retryCount }) =>
    retryCount === 1 ? { outcome: 'retry', error: new TypeError('boom') } : { outcome: 'ack' },
  );
  telemetry.settled({ queue: 'q', consumer: 'c', acked: 2, retried: 1, dead: 0 });
  const samples = await takeSamples();
  const place = { 'messaging.destination.name': 'q', 'messaging.consumer.group.name': 'c' };
  expect(samples).toMatchObject({
    'messaging.client.consumed.messages': [{ value: 3, attributes: place }],
    'pgque.batch.size': [{ value: { count: 1, sum: 3 }, attributes: place }],
    'pgque.consumer.settled.messages': [
      { value: 2, attributes: { ...place, 'pgque.outcome': 'ack' } },
      { value: 1, attributes: { ...place, 'pgque.outcome': 'retry' } },
    ],
    'messaging.process.duration': [
      { value: { count: 1 }, attributes: { 'messaging.operation.name': 'process', 'error.type': 'TypeError' } },
      { value: { count: 2 }, attributes: { 'messaging.operation.name': 'process' } },
      { value: { count: 1 }, attributes: { 'messaging.operation.name': 'batch' } },
    ],
  });
  // The message that was given back has waited because it should.
  const lag = samples['pgque.consumer.lag']?.[0]?.value as Histogram;
  expect(lag.count).toBe(1);
  expect(lag.sum).toBeGreaterThanOrEqual(90);
  expect(lag.sum).toBeLessThan(150);
});
