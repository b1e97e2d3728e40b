import { readFile } from 'node:fs/promises';
import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { fixtures } from '../support/fixtures.ts';
import { openQueue } from '../support/queue-driver.ts';

const script = await readFile(new URL('../../pgque.sql', import.meta.url), 'utf8');

test.each(fixtures)(
  'an event whose transaction was open at an external tick in $version is delivered after the upgrade',
  async (fixture) => {
    const database = await openTestDatabase({ engine: false });
    await database.query(fixture.script);
    const queue = await openQueue(database, { external_ticker: true });
    const tick = (id: number): Promise<unknown> =>
      database.query('select pgque.ticker($1, $2::bigint, now(), 10)', [queue.name, id]);
    const producer = await database.connect();
    await producer.query('begin');
    await queue.as(producer).send('open');
    await tick(2);
    expect(await queue.receivePayloads()).toEqual([]);
    await producer.query('commit');

    await database.query(script);

    await tick(3);
    expect(await queue.receivePayloads()).toEqual(['open']);
  },
);
