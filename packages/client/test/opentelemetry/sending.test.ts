import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Histogram } from '@opentelemetry/sdk-metrics';
import { beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { defineQueue, headersOf, InvalidPayloadError, QueueNotFoundError } from '../../src/index.ts';
import { openTelemetry } from '../../src/opentelemetry/index.ts';
import { openTestClient } from '../open-test-client.ts';
import { tick } from '../tick.ts';
import { startTelemetry, takeSamples, takeSpans, traceparentOf } from './telemetry.ts';

startTelemetry();
const { database, client } = await openTestClient({ instrumentation: openTelemetry() });

beforeEach(async () => {
  takeSpans();
  await takeSamples();
});

async function openQueue(queue: string) {
  await client.createQueue(queue);
  await client.subscribe(queue, 'processor');
  return async () => {
    await tick(client, queue);
    return await client.receive(queue, 'processor');
  };
}

test('send() is a span of a producer, and its context travels in extra1', async () => {
  const receive = await openQueue('single');
  const id = await trace.getTracer('test').startActiveSpan('request', async (request) => {
    const sent = await client.send('single', { type: 't', payload: 1 });
    request.end();
    return sent;
  });
  const [span, request] = takeSpans();
  expect(span).toMatchObject({
    name: 'send single',
    kind: SpanKind.PRODUCER,
    status: { code: SpanStatusCode.UNSET },
    parentSpanContext: request?.spanContext(),
    attributes: {
      'messaging.system.name': 'pgque',
      'messaging.operation.name': 'send',
      'messaging.operation.type': 'send',
      'messaging.destination.name': 'single',
      'messaging.message.id': String(id),
    },
  });
  expect(span?.attributes).not.toHaveProperty('messaging.batch.message_count');
  const [message] = await receive();
  expect(message?.extra1).toBe(JSON.stringify({ traceparent: traceparentOf(span) }));
  expect(message && headersOf(message)).toEqual({ traceparent: traceparentOf(span) });
});

test('sends that travel together have each their own span and context', async () => {
  const receive = await openQueue('together');
  const ids = await Promise.all([1, 2, 3].map((payload) => client.send('together', { payload })));
  const spans = takeSpans();
  const rows = await database.query(
    "select from pgque.event e join pgque.queue q using (log_id) where q.queue_name = 'together' group by e.ev_txid",
  );
  expect(rows).toHaveLength(1);
  expect(new Set(spans.map((span) => span.spanContext().traceId)).size).toBe(3);
  const byId = new Map(spans.map((span) => [span.attributes['messaging.message.id'], traceparentOf(span)]));
  const received = (await receive()).map((message) => [message.msgId, headersOf(message)]);
  expect(received).toEqual(ids.map((id) => [id, { traceparent: byId.get(String(id)) }]));
});

test('sendBatch() is one span, whose context all of its events carry', async () => {
  const receive = await openQueue('batch');
  await client.sendBatch('batch', 't', [1, 2]);
  await client.transaction((tx) => tx.sendBatch('batch', [{ payload: 3 }, { payload: 4, extra1: 'mine' }]));
  const [first, second] = takeSpans();
  expect(first?.attributes).toMatchObject({ 'messaging.batch.message_count': 2 });
  expect((await receive()).map(({ extra1 }) => extra1)).toEqual([
    JSON.stringify({ traceparent: traceparentOf(first) }),
    JSON.stringify({ traceparent: traceparentOf(first) }),
    JSON.stringify({ traceparent: traceparentOf(second) }),
    'mine',
  ]);
});

test('baggage travels, too', async () => {
  const receive = await openQueue('baggage');
  const baggage = propagation.setBaggage(context.active(), propagation.createBaggage({ tenant: { value: 'a' } }));
  await context.with(baggage, () => client.send('baggage', { payload: 1 }));
  const [message] = await receive();
  expect(message && headersOf(message)).toMatchObject({ baggage: 'tenant=a' });
});

test('a send that fails is a span with the error, and counted as such', async () => {
  await expect(client.send('nowhere', { payload: 1 })).rejects.toThrow(QueueNotFoundError);
  const [span] = takeSpans();
  expect(span).toMatchObject({
    status: { code: SpanStatusCode.ERROR },
    attributes: { 'error.type': 'queue_not_found' },
    events: [{ name: 'exception' }],
  });
  expect(await takeSamples()).toMatchObject({
    'messaging.client.sent.messages': [{ value: 1, attributes: { 'error.type': 'queue_not_found' } }],
  });
});

test('what is not sent is no span', async () => {
  const numbers = defineQueue('numbers', { number: z.number() });
  await expect(client.send(numbers, { type: 'number', payload: 'x' as never })).rejects.toThrow(InvalidPayloadError);
  expect(takeSpans()).toEqual([]);
});

test('sent events are counted, and the time that it takes is measured', async () => {
  await openQueue('counted');
  await client.send('counted', { payload: 1 });
  await client.sendBatch('counted', 't', [1, 2, 3]);
  const samples = await takeSamples();
  const attributes = {
    'messaging.system.name': 'pgque',
    'messaging.operation.name': 'send',
    'messaging.operation.type': 'send',
    'messaging.destination.name': 'counted',
  };
  expect(samples['messaging.client.sent.messages']).toEqual([{ value: 4, attributes }]);
  expect(samples['messaging.client.operation.duration']).toEqual([{ value: expect.anything(), attributes }]);
  const duration = samples['messaging.client.operation.duration']?.[0]?.value as Histogram;
  expect(duration.count).toBe(2);
  expect(duration.sum).toBeGreaterThan(0);
  expect(duration.sum).toBeLessThan(30);
  expect(duration.buckets.boundaries).toContain(0.005);
});
