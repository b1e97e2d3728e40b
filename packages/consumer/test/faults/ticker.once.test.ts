import { openPrivateServer } from '@pgque/testing';
import { connect } from 'pgque';
import { afterAll, expect, test } from 'vitest';
import { consumers, Fleet } from './fleet.ts';
import { eventCount, Ledger, patienceMs } from './ledger.ts';
import { Worker } from './start-worker.ts';

const { database } = await openPrivateServer({ settings: { max_prepared_transactions: 0 } });
const { url } = database;
const client = await connect(url);
afterAll(() => client.close());

/** The processes whose sessions have the lock of the ticker. */
async function leaders(): Promise<string[]> {
  const rows = await database.query<{ name: string }>(
    `select a.application_name as name from pg_locks l join pg_stat_activity a using (pid)
     where l.locktype = 'advisory' and l.classid = 7170 and l.objid = 6 and l.granted`,
  );
  return rows.map(({ name }) => name);
}

/** Until an event that is sent after the fault has its tick; less what the machine alone was late. */
async function msToNextTick(queue: string, fault: () => Promise<void>): Promise<number> {
  let lateMs = 0;
  const startedAt = performance.now();
  await fault();
  const id = await client.send(queue, { payload: 0 });
  const isTicked = async (): Promise<boolean> => {
    const askedAt = performance.now();
    const [row] = await database.query<{ event_seq: bigint }>(
      `select max(t.event_seq) as event_seq from pgque.tick t join pgque.queue q using (queue_id) where q.queue_name = $1`,
      [queue],
    );
    lateMs = Math.max(lateMs, performance.now() - askedAt);
    return (row?.event_seq ?? 0n) >= id;
  };
  await expect.poll(isTicked, { timeout: patienceMs, interval: 5 }).toBe(true);
  return performance.now() - startedAt - lateMs;
}

test(
  'ten processes have one leader; when it is killed another ticks within two seconds, when it is frozen within eight',
  async () => {
    await client.createQueue('orders');
    const names = Array.from({ length: 10 }, (_, index) => `ticker ${index}`);
    const workers = new Map(
      await Promise.all(
        names.map(async (process) => [process, await Worker.start({ url, process, queue: '', ticks: true })] as const),
      ),
    );
    const leader = async (): Promise<Worker> => {
      const [name, ...others] = await leaders();
      expect(others).toEqual([]);
      return workers.get(name ?? '') ?? expect.fail(`${name} leads`);
    };
    for (let kill = 0; kill < 3; kill += 1) {
      const killed = await leader();
      expect(await msToNextTick('orders', () => killed.kill())).toBeLessThan(2000);
    }
    const frozen = await leader();
    expect(await msToNextTick('orders', async () => frozen.signal('SIGSTOP'))).toBeLessThan(8000);
    // Woken, it finds that its session has ended, and stands by.
    expect(await leader()).not.toBe(frozen);
    frozen.signal('SIGCONT');
    await (await leader()).kill();
    await expect.poll(leaders, { timeout: 20_000 }).toHaveLength(1);
    for (const worker of workers.values()) if (worker.isRunning) worker.signal('SIGTERM');
    const exits = await Promise.all([...workers.values()].map((worker) => worker.exited));
    expect(exits.filter(({ code }) => code === 0)).toHaveLength(6);
    expect(await leaders()).toEqual([]);
  },
  2 * patienceMs,
);

test(
  'what pg_cron runs beside it breaks nothing',
  async () => {
    const ledger = await Ledger.open(database, 'also ticked', consumers);
    const fleet = await Fleet.start(ledger, { url });
    let isOver = false;
    const schedulers = [
      'call pgque.ticker_loop()',
      'select pgque.ticker(), pgque.maint()',
      'select pgque.maint_retry_events()',
    ].map(async (job) => {
      const session = await database.connect();
      while (!isOver) await session.query(job);
    });
    await ledger.send(eventCount);
    for (const consumer of consumers) {
      expect(await ledger.settled(consumer)).toMatchObject({ sent: eventCount, repeated: 0 });
    }
    expect(fleet.healthy).toBe(fleet.size);
    expect([...fleet.log.of('warn'), ...fleet.log.of('error')]).toEqual([]);
    isOver = true;
    await Promise.all(schedulers);
    await fleet.stop();
  },
  patienceMs,
);
