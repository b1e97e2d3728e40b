import { openPrivateServer } from '@pgque/testing';
import { expect, test } from 'vitest';
import { consumers, Fleet } from './fleet.ts';
import { atMost, eventCount, Ledger, patienceMs } from './ledger.ts';

const { server, database } = await openPrivateServer({ durable: true, settings: { max_prepared_transactions: 0 } });

test(
  'a server that is killed three times under load costs no event, and repeats none exactly once',
  async () => {
    const ledger = await Ledger.open(database, 'killed', consumers);
    const fleet = await Fleet.start(ledger, { url: database.url });
    const sending = ledger.send(eventCount);
    for (const share of [0.2, 0.5, 0.8]) {
      await fleet.hasSettled(eventCount * consumers.length * share);
      await server.kill('SIGKILL');
      // Each says that it cannot work, and goes on by itself.
      await expect.poll(() => fleet.healthy).toBe(0);
      await server.start();
    }
    await sending;
    // Of each process what it recorded without learning of it, and the batch that two may have when a lock is lost.
    expect(await ledger.settled('alone')).toMatchObject({
      sent: eventCount,
      repeated: expect.toSatisfy(atMost(3 * 108)),
    });
    expect(await ledger.settled('shared')).toMatchObject({
      sent: eventCount,
      repeated: expect.toSatisfy(atMost(3 * 30)),
    });
    expect(await ledger.settled('exact')).toMatchObject({ sent: eventCount, repeated: 0 });
    await expect.poll(() => fleet.healthy).toBe(fleet.size);
    await fleet.stop();
  },
  patienceMs,
);

test(
  'backends that are terminated again and again cost no event, and repeat none exactly once',
  async () => {
    const ledger = await Ledger.open(database, 'terminated', consumers);
    const fleet = await Fleet.start(ledger, { url: database.url });
    const sending = ledger.send(eventCount);
    let rounds = 0;
    for (let share = 0.05; share < 0.95; share += 0.05, rounds += 1) {
      await fleet.hasSettled(eventCount * consumers.length * share);
      await database.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and application_name like 'pgque%'`,
      );
    }
    await sending;
    expect(await ledger.settled('alone')).toMatchObject({ repeated: expect.toSatisfy(atMost(rounds * 108)) });
    expect(await ledger.settled('shared')).toMatchObject({ repeated: expect.toSatisfy(atMost(rounds * 30)) });
    expect(await ledger.settled('exact')).toMatchObject({ sent: eventCount, repeated: 0 });
    await expect.poll(() => fleet.healthy).toBe(fleet.size);
    await fleet.stop();
  },
  patienceMs,
);
