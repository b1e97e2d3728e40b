import { setTimeout as sleep } from 'node:timers/promises';
import { payloadOf } from '../../peers/peer.ts';
import { offered, parameter, type Workload } from '../scenario.ts';
import { Tally } from '../tally.ts';
import { sendAll, withOpen } from './with-open.ts';

/** Events that wait, and a handler that does nothing, or waits for `work` ms. The clock starts after a twentieth of them. */
export const consumption: Workload = (measurement) => {
  const members = Number(measurement.point['members'] ?? 1);
  return withOpen(measurement, { goal: 'throughput', members }, async (open) => {
    const work = Number(measurement.point['work'] ?? 0);
    const count = work
      ? Math.ceil(members * parameter(measurement, 'seconds') * (1000 / work))
      : parameter(measurement, 'events');
    const warmUp = Math.ceil(count / 20);
    const consume = offered(measurement.peer, open, 'consume');
    const payload = payloadOf();
    const payloads = Array.from({ length: count + warmUp }, (_, index) => ({ ...payload, order_id: index }));
    await sendAll(offered(measurement.peer, open, 'sendMany'), payloads);
    const tally = new Tally(payloads.length);
    let startedAt = Number.NaN;
    const consuming = await consume((event, consumer) => {
      const done = (): void => {
        tally.count((event as { order_id: number }).order_id, consumer);
        if (tally.handled === warmUp) startedAt = performance.now();
      };
      return work ? sleep(work).then(done) : done();
    });
    await tally.complete(measurement.stallMs);
    const seconds = (performance.now() - startedAt) / 1000;
    await consuming.stop();
    tally.assertExactlyOnce();
    const perSecond = count / seconds;
    return [{ values: work ? { perSecond, share: (perSecond * work) / 1000 / members } : { perSecond } }];
  });
};
