import { context, metrics, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  AggregationTemporality,
  type Histogram,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';

const spans = new InMemorySpanExporter();
const samples = new InMemoryMetricExporter(AggregationTemporality.DELTA);
const reader = new PeriodicExportingMetricReader({ exporter: samples, exportIntervalMillis: 3_600_000 });

/** Sets up the SDK for the process, as an application does. */
export function startTelemetry(): void {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(
    new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }),
  );
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] }));
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
}

/** The spans that have ended since the last call, in the order of their ends. */
export function takeSpans(): ReadableSpan[] {
  const taken = spans.getFinishedSpans();
  spans.reset();
  return taken;
}

/** The samples since the last call, by the name of their instrument. */
export async function takeSamples(): Promise<Record<string, { value: number | Histogram; attributes: object }[]>> {
  samples.reset();
  await reader.forceFlush();
  const metrics = samples.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
  return Object.fromEntries(
    metrics.map(({ descriptor, dataPoints }) => [
      descriptor.name,
      dataPoints.map(({ value, attributes }) => ({ value: value as number | Histogram, attributes })),
    ]),
  );
}

/** `traceparent` of a span. */
export function traceparentOf(span: ReadableSpan | undefined): string {
  const { traceId, spanId } = span?.spanContext() ?? { traceId: '', spanId: '' };
  return `00-${traceId}-${spanId}-01`;
}
