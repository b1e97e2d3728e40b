import { readFile } from 'node:fs/promises';
import { backendPid, openTestDatabase, waitUntilBlocked } from '@pgque/testing';
import { expect, test } from 'vitest';
import { describeCatalog } from '../support/catalog.ts';
import { fixtures } from '../support/fixtures.ts';
import { openQueue } from '../support/queue-driver.ts';
import { scalar } from '../support/scalar.ts';

const script = await readFile(new URL('../../pgque.sql', import.meta.url), 'utf8');

test.each(fixtures)(
  'an upgrade of $version gives up while a transaction is open that has received, and says whose',
  async (fixture) => {
    const database = await openTestDatabase({ engine: false });
    await database.query(fixture.script);
    const queue = await openQueue(database);
    await queue.sendMany(['received', 'sent before']);
    await queue.tick();
    const before = await describeCatalog(database);

    const worker = await database.connect();
    await worker.query('begin');
    const [received] = await queue.as(worker).receiveSome(1);
    const [installer, producer, observer] = [
      await database.connect(),
      await database.connect(),
      await database.connect(),
    ];
    await installer.query(`set lock_timeout = '100ms'`);
    await producer.query(`set lock_timeout = '1s'`);
    const pid = await backendPid(installer);
    const installing = installer.query(script);
    installing.catch(() => {});
    // The producer waits behind the upgrade, which gives up before the producer would.
    await waitUntilBlocked(observer, pid);
    await queue.as(producer).send('sent meanwhile');
    await expect(installing).rejects.toMatchObject({
      code: '55P03',
      message: 'an upgrade needs locks that others hold',
      detail: expect.stringContaining(`session ${await backendPid(worker)} `),
      hint: 'Nothing was changed. Run the file again when long transactions have ended.',
    });
    expect(await describeCatalog(database)).toEqual(before);

    await queue.as(worker).ack(received.batch_id);
    await worker.query('commit');
    await installer.query(script);
    await queue.tick();
    expect((await queue.drain()).map(({ payload }) => payload)).toEqual(['sent before', 'sent meanwhile']);
  },
);

test.each([
  ['0', '500ms'],
  ['100ms', '100ms'],
  ['1min', '500ms'],
])(
  'with a lock_timeout of %s an upgrade waits for locks no longer than %s: half of deadlock_timeout at most',
  async (own, effective) => {
    const database = await openTestDatabase({ engine: false });
    await database.query(fixtures[0]?.script ?? '');
    const session = await database.connect();
    await session.query(`set lock_timeout = '${own}'; begin`);
    await session.query(script);
    expect(await scalar(session, 'show lock_timeout')).toBe(effective);
    await session.query('commit');
    expect(await scalar(session, `select current_setting('lock_timeout')::interval = '${own}'::interval`)).toBe(true);
  },
);
