import { NotOffered } from '../../peers/not-offered.ts';
import { payloadOf } from '../../peers/peer.ts';
import { quantile } from '../quantile.ts';
import { offered, parameter, type Workload } from '../scenario.ts';
import { Tally } from '../tally.ts';
import { withOpen } from './with-open.ts';

/** From the call of send to the handler, at a steady `rate`; each of `consumers` sees each event. */
export const delivery: Workload = async (measurement) => {
  const consumers = Number(measurement.point['consumers'] ?? 1);
  if (consumers > 1 && !measurement.peer.fansOut) throw new NotOffered('an event goes to one consumer');
  return await withOpen(measurement, { goal: 'latency', consumers }, async (open) => {
    const rate = parameter(measurement, 'rate');
    const send = offered(measurement.peer, open, 'send');
    const warmUp = Math.ceil(rate * parameter(measurement, 'warmUpSeconds'));
    const total = warmUp + Math.ceil(rate * parameter(measurement, 'seconds'));
    const payload = payloadOf();
    const sentAt = new Float64Array(total);
    const latencies: number[] = [];
    const tally = new Tally(total, consumers);
    const consuming = await offered(
      measurement.peer,
      open,
      'consume',
    )((event, consumer) => {
      const { order_id: index } = event as { order_id: number };
      if (index >= warmUp) latencies.push(performance.now() - (sentAt[index] ?? Number.NaN));
      tally.count(index, consumer);
    });
    const sends: Promise<unknown>[] = [];
    const startedAt = performance.now();
    for (let index = 0; index < total; index += 1) {
      const waitMs = startedAt + (index * 1000) / rate - performance.now();
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      sentAt[index] = performance.now();
      const sending = send({ ...payload, order_id: index });
      // Told below, when all were sent.
      sending.catch(() => {});
      sends.push(sending);
    }
    await Promise.all(sends);
    await tally.complete(measurement.stallMs);
    await consuming.stop();
    tally.assertExactlyOnce();
    return [
      { values: { p50: quantile(latencies, 0.5), p95: quantile(latencies, 0.95), p99: quantile(latencies, 0.99) } },
    ];
  });
};
