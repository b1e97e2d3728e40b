import { readFile } from 'node:fs/promises';
import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { fixtures } from '../support/fixtures.ts';
import { passTime } from '../support/pass-time.ts';
import { openQueue } from '../support/queue-driver.ts';
import { rows } from '../support/rows.ts';
import { scalar } from '../support/scalar.ts';

const script = await readFile(new URL('../../pgque.sql', import.meta.url), 'utf8');

test.each(fixtures)(
  'what is under way in $version when it is upgraded is delivered, and open batches keep their ids',
  async (fixture) => {
    const database = await openTestDatabase({ engine: false });
    await database.query(fixture.script);
    const queue = await openQueue(database, { max_retries: 1 });
    const refuser = queue.as(database, 'refuser');
    await refuser.subscribe();
    await database.query(`select pgque.register_subconsumer($1, 'group', 'member')`, [queue.name]);
    await database.query(`
    create table orders (id integer primary key);
    create trigger capture after insert on orders for each row execute function pgque.jsontriga('${queue.name}')`);

    const ids = await queue.sendMany(['acknowledged', 'retried', 'open', 'waiting']);
    const delay = `select pgque.send_at($1, 'default', $2::text, interval '1 hour')`;
    await scalar(database, delay, [queue.name, 'delayed']);
    const cancelled = await scalar(database, delay, [queue.name, 'cancelled']);
    await queue.tick();
    for (const _ of ['first', 'again']) {
      const refused = await refuser.receiveSome();
      await refuser.nack(refused);
      await refuser.ack(refused[0].batch_id);
      await refuser.moveRetries();
    }
    await queue.ack((await queue.receiveSome(1))[0].batch_id);
    const retried = await queue.receiveSome(1);
    await queue.nack(retried);
    await queue.ack(retried[0].batch_id);
    const open = await queue.receiveSome(1);
    const receiveAsMember = `select * from pgque.receive_coop('${queue.name}', 'group', 'member', 3)`;
    const taken = await database.query<{ batch_id: bigint }>(receiveAsMember);
    const consumers = `select queue_name, consumer_name, last_tick, current_batch, next_tick, pending_events
    from pgque.get_consumer_info() order by 1, 2`;
    const before = await rows(database, consumers);

    await database.query(script);

    expect(await rows(database, consumers)).toEqual(before);
    expect(await scalar(database, 'select pgque.get_queue_config($1)', [queue.name])).toMatchObject({ max_retries: 1 });
    expect(await queue.receive(1)).toEqual(open);
    expect(await queue.ack(open[0].batch_id)).toBe(1);
    expect(await database.query(receiveAsMember)).toEqual(taken);
    expect(await queue.ack(taken[0]?.batch_id)).toBe(1);
    expect(await database.query(receiveAsMember)).toMatchObject([{ payload: 'waiting', msg_id: ids[3] }]);
    expect(await scalar(database, 'select count(*) from pgque.dlq_inspect($1)', [queue.name])).toBe(4n);
    expect(await scalar(database, 'select replayed from pgque.dlq_replay_all($1)', [queue.name])).toBe(4n);

    expect(await scalar(database, 'select pgque.cancel($1)', [cancelled])).toBe(true);
    await database.query('insert into orders values (7)');
    await passTime(database, '1 hour');
    await queue.moveRetries();
    const received = await queue.drain();
    expect(received.map(({ payload, retry_count }) => [payload, retry_count])).toEqual(
      expect.arrayContaining([
        ['waiting', null],
        ['retried', 1],
        ['delayed', null],
        ['{"id":7}', null],
      ]),
    );
    // These and the four dead letters, each once.
    expect(received).toHaveLength(8);
  },
);
