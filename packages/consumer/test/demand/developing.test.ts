// What users of other queues wish for, each by its sentence: writing, tracing and testing an application.
import { defineQueue, headersOf } from 'pgque';
import { openTelemetry } from 'pgque/opentelemetry';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { startTelemetry, takeSpans, traceparentOf } from '../../../client/test/opentelemetry/telemetry.ts';
import { createConsumer } from '../../src/index.ts';
import { assertSent, createFakeClient, drain, tick, waitFor } from '../../src/testing/index.ts';
import { openBench, openQueue } from '../open-bench.ts';

startTelemetry();
const { client } = await openBench();
const { client: traced } = await openBench({ instrumentation: openTelemetry() });

test('Standard Schema typed events; validate at receive; invalid -> DLQ with reason', async () => {
  const orders = defineQueue('orders', {
    'order.placed': z.object({ id: z.number(), at: z.iso.datetime().transform((text) => new Date(text)) }),
  });
  await openQueue(client, orders.name);
  await client.send(orders, { type: 'order.placed', payload: { id: 1, at: '2026-11-20T12:00:00Z' } });
  await client.insertEvent(orders.name, 'order.placed', '{"id":"two","at":"soon"}');
  await tick(client);
  const seen: [number, Date][] = [];
  const consumer = createConsumer(client, { queue: orders, name: 'worker' });
  await consumer.on('order.placed', ({ payload: { id, at } }) => void seen.push([id, at])).drain();
  expect(seen).toEqual([[1, new Date('2026-11-20T12:00:00Z')]]);
  const reason = expect.stringMatching(/^the payload is no order\.placed: id: .+; at: /);
  expect(await client.dlq.inspect(orders)).toMatchObject([{ payload: { id: 'two', at: 'soon' }, reason }]);
});

test('OTel: context in headers, span links by default, per-attempt traces, batch span', async () => {
  await openQueue(traced, 'traced');
  await traced.send('traced', { payload: 1 });
  await tick(traced);
  const headers: unknown[] = [];
  const consumer = createConsumer(traced, { queue: 'traced', name: 'worker' });
  await consumer.on('*', (message) => void headers.push(headersOf(message))).drain();
  const [sent, attempt, batch] = takeSpans();
  expect([sent, attempt, batch].map((span) => span?.name)).toEqual(['send traced', 'process traced', 'batch traced']);
  expect(headers).toEqual([{ traceparent: traceparentOf(sent) }]);
  expect(attempt?.links.map(({ context }) => context.spanId)).toEqual([
    sent?.spanContext().spanId,
    batch?.spanContext().spanId,
  ]);
  expect(new Set([sent, attempt, batch].map((span) => span?.spanContext().traceId)).size).toBe(3);
});

test('Test kit: deterministic tick, drain, waitFor, assertEnqueued, no-DB fake', async () => {
  for (const each of [client, createFakeClient()]) {
    await each.createQueue('kit');
    await each.subscribe('kit', 'worker');
    await each.send('kit', { type: 'first', payload: { id: 1 } });
    const makeConsumer = () =>
      createConsumer(each, { queue: 'kit', name: 'worker' })
        .on('first', ({ payload }) => each.send('kit', { type: 'second', payload }))
        .on('second', () => {});
    expect(await drain(each, () => [makeConsumer()])).toBe(2);
    expect(await assertSent(each, 'kit', { type: 'second', payload: { id: 1 } })).toBe(1);
    const running = makeConsumer();
    await running.start();
    await each.send('kit', { type: 'second', payload: { id: 2 } });
    await tick(each);
    expect(await waitFor(() => running.health().acked === 1)).toBe(true);
    await running.stop();
  }
});
