import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { passTime } from '../../../../sql/test/support/pass-time.ts';
import { consumers, Fleet } from './fleet.ts';
import { atMost, eventCount, Ledger, patienceMs } from './ledger.ts';
import { Worker } from './start-worker.ts';

const database = await openTestDatabase();
const { url } = database;

test(
  'a clock of the process that steps an hour with each message, forth or back, changes nothing',
  async () => {
    const ledger = await Ledger.open(database, 'own clock', consumers);
    const kinds = [
      { name: 'alone', concurrency: 4, deadInterval: '2s' },
      { name: 'shared', members: 'auto', concurrency: 4, deadInterval: '2s' },
      { name: 'exact', mode: 'exactly-once', deadInterval: '2s' },
    ] as const;
    const hour = 3_600_000;
    const workers = await Promise.all(
      [hour, -hour].map((clockStepMs) =>
        Worker.start({
          url,
          process: `${clockStepMs}`,
          queue: 'own clock',
          consumers: kinds,
          ticks: true,
          clockStepMs,
        }),
      ),
    );
    await ledger.send(eventCount);
    for (const consumer of consumers) {
      expect(await ledger.settled(consumer)).toMatchObject({ sent: eventCount, repeated: 0 });
    }
    for (const worker of workers) worker.signal('SIGTERM');
    expect(await Promise.all(workers.map((worker) => worker.exited))).toEqual(
      workers.map(() => ({ code: 0, signal: null })),
    );
  },
  patienceMs,
);

test(
  'a clock of the server that steps, forth and back, costs no event and repeats none exactly once',
  async () => {
    const ledger = await Ledger.open(database, 'server clock', consumers);
    const fleet = await Fleet.start(ledger, { url });
    const sending = ledger.send(eventCount);
    // What is recorded gets older, as if the clock had gone ahead, or younger.
    const steps = ['1 hour', '-1 hour', '-1 day', '1 day'];
    const session = await database.connect();
    for (const [index, step] of steps.entries()) {
      await fleet.hasSettled((eventCount * consumers.length * (index + 1)) / (steps.length + 1));
      await session.query('begin');
      await passTime(session, step);
      await session.query('commit');
    }
    await sending;
    expect(await ledger.settled('alone')).toMatchObject({ sent: eventCount, repeated: 0 });
    // A step ahead makes each batch look abandoned.
    expect(await ledger.settled('shared')).toMatchObject({ repeated: expect.toSatisfy(atMost(2 * 3 * 100)) });
    expect(await ledger.settled('exact')).toMatchObject({ sent: eventCount, repeated: 0 });
    await fleet.stop();
  },
  patienceMs,
);
