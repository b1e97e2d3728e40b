import { payloadOf } from '../../peers/peer.ts';
import { offered, parameter, type Workload } from '../scenario.ts';
import { countHeld } from './held.ts';
import { sendAll, withOpen } from './with-open.ts';

/** So many `clients` in this process, each of which sends one event after the other. */
export const concurrentSends: Workload = (measurement) =>
  withOpen(measurement, { goal: 'throughput' }, async (open) => {
    const clients = parameter(measurement, 'clients');
    const send = offered(measurement.peer, open, 'send');
    const payload = payloadOf(parameter(measurement, 'bytes'));
    const sendThese = async (count: number): Promise<void> => {
      let left = count;
      const lane = async (): Promise<void> => {
        while (left > 0) {
          left -= 1;
          await send(payload);
        }
      };
      await Promise.all(Array.from({ length: clients }, lane));
    };
    // A client alone waits for the disk each time: it is given fewer.
    const count = Math.ceil(parameter(measurement, 'events') * Math.min(1, clients / 16));
    const warmUp = Math.ceil(count / 10);
    await sendThese(warmUp);
    const startedAt = performance.now();
    await sendThese(count);
    const seconds = (performance.now() - startedAt) / 1000;
    await countHeld(measurement, warmUp + count);
    return [{ values: { perSecond: count / seconds } }];
  });

/** Calls of `size` events, four in flight. */
export const batchSends: Workload = (measurement) =>
  withOpen(measurement, { goal: 'throughput' }, async (open) => {
    const sendMany = offered(measurement.peer, open, 'sendMany');
    const size = parameter(measurement, 'size');
    const count = Math.ceil(parameter(measurement, 'events') / size) * size;
    const payloads = Array<object>(count).fill(payloadOf());
    const warmUp = payloads.slice(0, size * 4);
    await sendAll(sendMany, warmUp, { size });
    const startedAt = performance.now();
    await sendAll(sendMany, payloads, { size });
    const seconds = (performance.now() - startedAt) / 1000;
    await countHeld(measurement, warmUp.length + count);
    return [{ values: { perSecond: count / seconds } }];
  });
