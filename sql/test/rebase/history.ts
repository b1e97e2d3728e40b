import type { TestDatabase } from '@pgque/testing';
import type { Client } from 'pg';
import type { Chance } from '../random/chance.ts';
import { type Message, QueueDriver } from '../support/queue-driver.ts';
import { rotateAtOnce } from '../support/rotation.ts';
import { rows } from '../support/rows.ts';
import { scalar } from '../support/scalar.ts';

export const queueNames = ['first', 'second'] as const;
export const consumers = ['steady', 'slow', 'paging'] as const;
export const members = ['one', 'two'] as const;

/** A producer's session, with or without an open transaction. */
interface Producer {
  readonly session: Client;
  isOpen: boolean;
}

/**
 * Makes two queues and lets chance act on them for so many steps: producers whose transactions stay open over ticks and are
 * rolled back at times, consumers that leave batches open, give messages back and read in pages, rotation. In the end no
 * transaction is open.
 */
export async function makeHistory(database: TestDatabase, chance: Chance, steps: number): Promise<void> {
  const queues = queueNames.map((name) => new QueueDriver(database, name));
  for (const queue of queues) {
    await rows(database, 'select pgque.create_queue($1, $2)', [queue.name, { ticker_max_lag: '0 seconds' }]);
    await rotateAtOnce(queue);
    for (const consumer of consumers) await queue.as(database, consumer).subscribe();
    for (const member of members)
      await rows(database, `select pgque.register_subconsumer($1, 'group', $2)`, [queue.name, member]);
  }
  const producers: Producer[] = [];
  for (let i = 0; i < 4; i += 1) producers.push({ session: await database.connect(), isOpen: false });
  const [queue, ...others] = queues;
  if (!queue) throw new Error('no queue');
  for (let step = 0; step < steps; step += 1) await act(chance.pick([queue, ...others]), producers, chance, step);
  for (const producer of producers) await end(producer, chance);
}

async function act(queue: QueueDriver, producers: Producer[], chance: Chance, step: number): Promise<void> {
  const { session } = queue;
  const roll = chance.next();
  if (roll < 0.4) {
    await produce(queue, chance.pick(producers as [Producer]), chance, step);
  } else if (roll < 0.65) {
    await rows(session, 'select pgque.ticker($1)', [queue.name]);
  } else if (roll < 0.72) {
    await rows(session, 'select pgque.maint_retry_events()');
  } else if (roll < 0.8) {
    await rows(session, 'select pgque.maint()');
  } else if (roll < 0.9) {
    // The slow one stays far behind.
    const consumer = chance.pick(['steady', 'steady', 'steady', 'paging', 'paging', 'slow']);
    await consume(queue, await queue.as(session, consumer).receive(consumer === 'paging' ? 2 : 20), chance);
  } else {
    const messages = await rows<Message>(session, `select * from pgque.receive_coop($1, 'group', $2, 3)`, [
      queue.name,
      chance.pick(members),
    ]);
    await consume(queue, messages, chance);
  }
}

async function produce(queue: QueueDriver, producer: Producer, chance: Chance, step: number): Promise<void> {
  const mine = queue.as(producer.session);
  if (!producer.isOpen && chance.is(0.6)) {
    await producer.session.query('begin');
    producer.isOpen = true;
  }
  if (chance.is(0.7)) await mine.sendMany(Array.from({ length: chance.between(1, 4) }, (_, i) => `${step}.${i}`));
  else
    await rows(producer.session, `select pgque.send_at($1, 'later', $2::text, $3::interval)`, [
      queue.name,
      `${step}`,
      `${chance.between(0, 50)} ms`,
    ]);
  if (producer.isOpen && chance.is(0.4)) await end(producer, chance);
}

async function end(producer: Producer, chance: Chance): Promise<void> {
  await producer.session.query(chance.is(0.8) ? 'commit' : 'rollback');
  producer.isOpen = false;
}

/** Gives some back, and leaves the batch open at times. */
async function consume(queue: QueueDriver, messages: Message[], chance: Chance): Promise<void> {
  if (messages.length === 0) return;
  const failed = messages.filter(({ retry_count }) => (retry_count ?? 0) < 3 && chance.is(0.2));
  if (failed.length > 0) await queue.nack(failed, chance.pick(['0 seconds', '1 hour']));
  if (chance.is(0.7)) await queue.ack(messages[0]?.batch_id);
}

/** What everybody gets from here on: the open batches, then the rest for each consumer, in the order of the ids. */
export async function future(database: TestDatabase): Promise<object> {
  const open = await rows(
    database,
    `select i.queue_name, i.consumer_name, i.batch_id, array_agg(e.ev_id || ' ' || coalesce(e.ev_retry, 0)) as events
     from pgque.in_flight() i cross join lateral pgque.get_batch_events(i.batch_id) e
     group by 1, 2, 3 order by 3`,
  );
  const rest: Record<string, string[]> = {};
  // Nobody waits an hour here.
  await rows(
    database,
    `update pgque.later set due_at = due_at - interval '1 hour' where due_at > now() + interval '30 minutes'`,
  );
  for (const name of queueNames) {
    const queue = new QueueDriver(database, name);
    const readers = consumers.map((consumer) => queue.as(database, consumer));
    for (let idle = 0; idle < 2; idle += 1) {
      await queue.tick();
      while ((await scalar<number>(database, 'select pgque.maint_retry_events()')) > 0) await queue.tick();
      for (const reader of readers) {
        const messages = await reader.drain(50);
        if (messages.length > 0) idle = 0;
        rest[`${name} ${reader.consumer}`] = [...(rest[`${name} ${reader.consumer}`] ?? []), ...messages.map(told)];
      }
      for (const member of members) {
        for (;;) {
          const messages = await rows<Message>(database, `select * from pgque.receive_coop($1, 'group', $2, 50)`, [
            name,
            member,
          ]);
          if (messages.length === 0) break;
          idle = 0;
          rest[`${name} group`] = [...(rest[`${name} group`] ?? []), ...messages.map(told)];
          await queue.ack(messages[0]?.batch_id);
        }
      }
    }
  }
  for (const events of Object.values(rest)) events.sort();
  return { open, rest };
}

/** A delayed send gets its id only when it is moved. */
const told = ({ type, payload, msg_id, retry_count }: Message): string =>
  type === 'later' ? `${payload} ${retry_count}` : `${payload} ${msg_id} ${retry_count}`;
