import { setTimeout as sleep } from 'node:timers/promises';
import { payloadOf } from '../../peers/peer.ts';
import { offered, parameter, type Workload } from '../scenario.ts';
import { Tally } from '../tally.ts';
import { sendAll, withOpen } from './with-open.ts';

/** A member takes as many at once as it handles in so many ms. */
const takenMs = 100;

/**
 * Events that wait, and a handler that does nothing, or waits for `work` ms in each of `members`. The clock starts after a
 * twentieth of them; where they are shared out it stops at nine tenths, because the last ones do not go around.
 */
export const consumption: Workload = (measurement) => {
  const work = Number(measurement.point['work'] ?? 0);
  const members = Number(measurement.point['members'] ?? 1);
  const sharing = work ? { members, takenAtOnce: Math.ceil(takenMs / work) } : {};
  return withOpen(measurement, { goal: 'throughput', ...sharing }, async (open) => {
    const count = work
      ? Math.ceil(members * parameter(measurement, 'seconds') * (1000 / work))
      : parameter(measurement, 'events');
    const warmUp = Math.ceil(count / 20);
    const consume = offered(measurement.peer, open, 'consume');
    const payload = payloadOf();
    const payloads = Array.from({ length: count + warmUp }, (_, index) => ({ ...payload, order_id: index }));
    await sendAll(offered(measurement.peer, open, 'sendMany'), payloads);
    const tally = new Tally(payloads.length);
    const last = work ? Math.floor(payloads.length * 0.9) : payloads.length;
    let startedAt = Number.NaN;
    let endedAt = Number.NaN;
    const consuming = await consume((event, consumer) => {
      const done = (): void => {
        tally.count((event as { order_id: number }).order_id, consumer);
        if (tally.handled === warmUp) startedAt = performance.now();
        if (tally.handled === last) endedAt = performance.now();
      };
      return work ? sleep(work).then(done) : done();
    });
    await tally.complete(measurement.stallMs);
    await consuming.stop();
    tally.assertExactlyOnce();
    const perSecond = ((last - warmUp) * 1000) / (endedAt - startedAt);
    return [{ values: work ? { perSecond, share: (perSecond * work) / 1000 / members } : { perSecond } }];
  });
};
