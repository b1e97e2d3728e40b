import { type Counter, type Histogram, type MeterProvider, metrics } from '@opentelemetry/api';

/** What is measured. The bounds are those of the semantic conventions; handlers and waiting consumers may take longer. */
export interface Instruments {
  readonly sent: Counter;
  readonly sendDuration: Histogram;
  readonly received: Counter;
  readonly batchSize: Histogram;
  readonly lag: Histogram;
  readonly processDuration: Histogram;
  readonly settled: Counter;
}

const secondsToTen = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const secondsToHour = [...secondsToTen, 30, 60, 300, 900, 3600];

export function createInstruments(provider: MeterProvider | undefined): Instruments {
  const meter = (provider ?? metrics).getMeter('pgque');
  const seconds = (description: string, bounds: number[]) => ({
    unit: 's',
    description,
    advice: { explicitBucketBoundaries: bounds },
  });
  return {
    sent: meter.createCounter('messaging.client.sent.messages', {
      unit: '{message}',
      description: 'Events that were sent, or that were meant to be',
    }),
    sendDuration: meter.createHistogram(
      'messaging.client.operation.duration',
      seconds('How long it took to send', secondsToTen),
    ),
    received: meter.createCounter('messaging.client.consumed.messages', {
      unit: '{message}',
      description: 'Messages that were received',
    }),
    batchSize: meter.createHistogram('pgque.batch.size', {
      unit: '{message}',
      description: 'Messages of a batch',
      advice: { explicitBucketBoundaries: [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000] },
    }),
    lag: meter.createHistogram(
      'pgque.consumer.lag',
      seconds('Age of the oldest message of a batch on its first delivery', secondsToHour),
    ),
    processDuration: meter.createHistogram(
      'messaging.process.duration',
      seconds('How long a handler took for a message, and a consumer for a batch', secondsToHour),
    ),
    settled: meter.createCounter('pgque.consumer.settled.messages', {
      unit: '{message}',
      description: 'Messages that were acknowledged, given back, or put to the dead letters',
    }),
  };
}
