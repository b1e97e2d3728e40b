import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { openTelemetry } from 'pgque/opentelemetry';
import { beforeEach, expect, test } from 'vitest';
import { startTelemetry, takeSamples, takeSpans } from '../../client/test/opentelemetry/telemetry.ts';
import { createConsumer, DeadLetterError, fixed } from '../src/index.ts';
import { openBench, openQueue, passRetryDelay, tick } from './open-bench.ts';

startTelemetry();
const { client } = await openBench({ instrumentation: openTelemetry() });
const tracer = trace.getTracer('test');

beforeEach(async () => {
  takeSpans();
  await takeSamples();
});

/** The spans since the last call, by their names. */
function spansByName() {
  const spans = Map.groupBy(takeSpans(), ({ name }) => name);
  return (name: string) => spans.get(name) ?? [];
}

test('an event is traced from the request that sent it to what its handler sends', async () => {
  await openQueue(client, 'orders');
  await openQueue(client, 'mails');
  await tracer.startActiveSpan('request', async (request) => {
    await client.send('orders', { type: 'order.created', payload: 1 });
    request.end();
  });
  await tick(client, 'orders');
  const consumer = createConsumer(client, { queue: 'orders', name: 'worker' });
  const handled = consumer.on('order.created', async ({ payload }) => {
    await tracer.startActiveSpan('render', async (render) => render.end());
    await client.send('mails', { payload });
  });
  // A consumer that is started within a span is not a part of it.
  await tracer.startActiveSpan('boot', async (boot) => {
    await handled.drain();
    boot.end();
  });
  const spans = spansByName();
  const [request, sent, batch, attempt, render, mail] = [
    'request',
    'send orders',
    'batch orders',
    'process orders',
    'render',
    'send mails',
  ].map((name) => spans(name)[0] ?? expect.fail(name));
  expect(sent?.parentSpanContext?.spanId).toBe(request?.spanContext().spanId);
  expect(batch).toMatchObject({
    kind: SpanKind.CONSUMER,
    links: [{ context: { spanId: sent?.spanContext().spanId, traceId: sent?.spanContext().traceId } }],
    attributes: { 'messaging.consumer.group.name': 'worker', 'messaging.batch.message_count': 1 },
  });
  expect(batch?.parentSpanContext).toBeUndefined();
  expect(attempt).toMatchObject({
    kind: SpanKind.CONSUMER,
    links: [
      { context: { spanId: sent?.spanContext().spanId } },
      { context: { spanId: batch?.spanContext().spanId, traceId: batch?.spanContext().traceId } },
    ],
    attributes: { 'pgque.event.type': 'order.created', 'pgque.attempt': 1, 'pgque.outcome': 'ack' },
  });
  expect(attempt?.parentSpanContext).toBeUndefined();
  for (const child of [render, mail]) expect(child?.parentSpanContext?.spanId).toBe(attempt?.spanContext().spanId);
});

test('each attempt is a span of its own, which says what it failed of and what became of the message', async () => {
  await openQueue(client, 'attempts', ['fails once', 'works'], 'job');
  const makeConsumer = () =>
    createConsumer(client, { queue: 'attempts', name: 'worker', retry: fixed('1m') }).on('job', (message) => {
      if (message.payload === 'fails once' && message.retryCount === null) throw new TypeError('not yet');
    });
  await makeConsumer().drain();
  await passRetryDelay(client, 'attempts');
  await makeConsumer().drain();
  const spans = spansByName();
  const [sent] = spans('send attempts');
  expect(spans('batch attempts').map(({ attributes }) => attributes['messaging.batch.message_count'])).toEqual([2, 1]);
  const attempts = spans('process attempts');
  expect(attempts.map(({ attributes }) => [attributes['pgque.attempt'], attributes['pgque.outcome']])).toEqual([
    [1, 'retry'],
    [1, 'ack'],
    [2, 'ack'],
  ]);
  expect(attempts[0]).toMatchObject({
    status: { code: SpanStatusCode.ERROR, message: 'not yet' },
    attributes: { 'error.type': 'TypeError' },
  });
  expect(new Set(attempts.map((span) => span.spanContext().traceId)).size).toBe(3);
  for (const { links } of attempts) expect(links[0]?.context.spanId).toBe(sent?.spanContext().spanId);
});

test.each(['at-least-once', 'exactly-once'] as const)(
  'lag, retries, dead letters and the time of handlers are measured (%s)',
  async (mode) => {
    const queue = `measured-${mode}`;
    await openQueue(client, queue, ['works', 'fails', 'never works', 'works'], 'job');
    const blockMs = 20;
    await createConsumer(client, { queue, name: 'worker', mode, retry: fixed('1m') })
      .on('job', ({ payload }) => {
        const end = performance.now() + blockMs;
        while (performance.now() < end);
        if (payload === 'fails') throw new RangeError('not yet');
        if (payload === 'never works') throw new DeadLetterError('no');
      })
      .drain();
    const samples = await takeSamples();
    const place = { 'messaging.destination.name': queue, 'messaging.consumer.group.name': 'worker' };
    expect(samples).toMatchObject({
      'messaging.client.consumed.messages': [{ value: 4, attributes: place }],
      'pgque.batch.size': [{ value: { count: 1, sum: 4 }, attributes: place }],
      'pgque.consumer.lag': [{ value: { count: 1 }, attributes: place }],
      'pgque.consumer.settled.messages': [
        { value: 2, attributes: { ...place, 'pgque.outcome': 'ack' } },
        { value: 1, attributes: { ...place, 'pgque.outcome': 'retry' } },
        { value: 1, attributes: { ...place, 'pgque.outcome': 'dead' } },
      ],
    });
    /** Of handlers, or of batches, that failed of this. */
    const secondsOf = (operation: string, failure?: string): unknown =>
      samples['messaging.process.duration']?.find(({ attributes }) => {
        const { 'messaging.operation.name': name, 'error.type': type } = attributes as Record<string, unknown>;
        return name === operation && type === failure;
      })?.value;
    const atLeast = (ms: number): unknown => expect.toSatisfy((seconds: number) => seconds >= ms / 1000);
    expect(secondsOf('process')).toMatchObject({ count: 2, sum: atLeast(2 * blockMs) });
    expect(secondsOf('process', 'RangeError')).toMatchObject({ count: 1, sum: atLeast(blockMs) });
    expect(secondsOf('process', 'DeadLetterError')).toMatchObject({ count: 1, sum: atLeast(blockMs) });
    expect(secondsOf('batch')).toMatchObject({ count: 1, sum: atLeast(4 * blockMs) });
  },
);
