import { setTimeout as sleep } from 'node:timers/promises';
import { payloadOf } from '../../peers/peer.ts';
import { onClient } from '../../peers/sql-pool.ts';
import { offered, parameter, type Workload } from '../scenario.ts';
import { Tally } from '../tally.ts';
import { walPosition } from './growth.ts';
import { sendAll, withOpen } from './with-open.ts';

/** Bytes of WAL while events are sent and consumed, and afterwards while nothing happens. */
export const walWritten: Workload = (measurement) =>
  withOpen(measurement, { goal: 'throughput' }, (open) =>
    onClient(measurement.url, async (client) => {
      const consume = offered(measurement.peer, open, 'consume');
      const sendMany = offered(measurement.peer, open, 'sendMany');
      const events = parameter(measurement, 'events');
      const warmUp = Math.ceil(events / 10);
      const payload = payloadOf();
      const tally = new Tally(events + warmUp);
      const warm = new Tally(warmUp);
      const payloads = Array.from({ length: events + warmUp }, (_, index) => ({ ...payload, order_id: index }));
      const consuming = await consume((event, consumer) => {
        const { order_id: index } = event as { order_id: number };
        tally.count(index, consumer);
        if (index < warmUp) warm.count(index, consumer);
      });
      // Pages are written in full the first time after a checkpoint.
      await sendAll(sendMany, payloads.slice(0, warmUp));
      await warm.complete(measurement.stallMs);
      const before = await walPosition(client);
      await sendAll(sendMany, payloads.slice(warmUp));
      await tally.complete(measurement.stallMs);
      // What is still to be acknowledged.
      await sleep(parameter(measurement, 'settleSeconds') * 1000);
      const atRest = await walPosition(client);
      const idleSeconds = parameter(measurement, 'idleSeconds');
      await sleep(idleSeconds * 1000);
      const after = await walPosition(client);
      await consuming.stop();
      tally.assertExactlyOnce();
      return [
        {
          values: { perEvent: (atRest - before) / events, idlePerHour: ((after - atRest) * 3600) / idleSeconds / 1024 },
        },
      ];
    }),
  );
