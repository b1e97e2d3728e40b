import { setTimeout as delay } from 'node:timers/promises';
import { connectClient, type TestDatabase } from '@pgque/testing';
import type { Client } from 'pg';
import type { Chance } from '../random/chance.ts';
import { type Consumer, runConsumer } from '../random/consumers.ts';
import { runHorizonPin, runOperators } from '../random/operators.ts';
import { runCoordinator, runProducer } from '../random/producers.ts';
import { act, type World } from '../random/world.ts';
import { type Message, QueueDriver } from '../support/queue-driver.ts';
import { rows } from '../support/rows.ts';
import { scalar } from '../support/scalar.ts';

const queues: World['queues'] = ['first', 'second'];
const steady = ['one', 'two'];
const members = ['here', 'there'];

/**
 * Two queues with everybody at work: producers in transactions of every kind, tickers, rotation at every call. What was sent
 * stands in the table `sent`, and what consumers have acknowledged in `settled`, each written by the same transaction: so
 * whatever a snapshot sees of one it sees of the other. Ends, with everybody at rest, when `during` does.
 */
export async function withWorld(database: TestDatabase, chance: Chance, during: () => Promise<void>): Promise<World> {
  const world: World = { url: database.url, queues, isDraining: false, backlog: 0, violations: [], tally: new Map() };
  await database.query(`
    create table sent (token text primary key, queue text not null);
    create table settled (consumer text not null, token text not null, retry_count int not null);
    update pgque.config set log_rotation_period = '1 millisecond', log_rotation_bytes = 1`);
  const settings = { ticker_max_lag: '1 millisecond', rotation_period: '1 millisecond', max_retries: 2 };
  const consumers: Consumer[] = [];
  for (const queue of queues) {
    await rows(database, 'select pgque.create_queue($1, $2)', [queue, settings]);
    for (const name of [...steady, 'seldom'].map((word) => `${word} of ${queue}`)) {
      await rows(database, 'select pgque.subscribe($1, $2)', [queue, name]);
      consumers.push({ name, queue, kind: 'exactly once', acked: new Map(), attempted: new Set() });
    }
    for (const member of members)
      await rows(database, 'select pgque.register_subconsumer($1, $2, $3)', [queue, `group of ${queue}`, member]);
  }
  let isOver = false;
  const until = (): boolean => isOver;
  const actors = [
    ...Array.from({ length: 5 }, (_, i) => runProducer(world, `p${i}`, chance.fork())),
    runCoordinator(world, chance.fork()),
    runHorizonPin(world, chance.fork()),
    ...runOperators(world, chance.fork(), until),
    ...consumers
      .filter(({ name }) => !name.startsWith('seldom'))
      .map((consumer) => runConsumer(world, consumer, chance.fork(), until)),
    ...queues.map((queue) => act(world, 'seldom', (session) => readSeldom(session, queue), until)),
    ...queues.flatMap((queue) =>
      members.map((member) => act(world, 'member', (session) => readAsMember(session, queue, member, chance), until)),
    ),
  ];
  await during();
  world.isDraining = true;
  isOver = true;
  await Promise.all(actors);
  return world;
}

/** A consumer whose state stays the same for a while: rotation has to carry it. */
async function readSeldom(session: Client, queue: string): Promise<void> {
  await delay(700);
  for (;;) {
    const messages = await rows<Message>(session, 'select * from pgque.receive($1, $2, 50)', [
      queue,
      `seldom of ${queue}`,
    ]);
    if (messages.length === 0) return;
    await acknowledge(session, `seldom of ${queue}`, messages);
  }
}

/** Claims in a transaction of its own, and stays silent for a while at times. */
async function readAsMember(session: Client, queue: string, member: string, chance: Chance): Promise<void> {
  const messages = await rows<Message>(session, `select * from pgque.receive_coop($1, $2, $3, 10, '1 second')`, [
    queue,
    `group of ${queue}`,
    member,
  ]);
  if (messages.length === 0 || chance.is(0.1)) return await delay(chance.between(1, 300));
  await acknowledge(session, `group of ${queue}`, messages);
}

async function acknowledge(session: Client, consumer: string, messages: readonly Message[]): Promise<void> {
  await rows(
    session,
    `with a as materialized (select pgque.ack($1) as answer)
     insert into settled select $2, t.token, 0 from unnest($3::text[]) t (token), a where a.answer = 1`,
    [messages[0]?.batch_id, consumer, messages.map(({ payload }) => payload)],
  );
}

/** Reads everything that is left, and says what came that should not have, and what did not that should. */
export async function judge(database: TestDatabase): Promise<string[]> {
  const wrong: string[] = [];
  const session = await connectClient(database.url);
  for (const name of queues) {
    const queue = new QueueDriver(session, name);
    while ((await scalar<number>(session, 'select pgque.maint_retry_events()')) > 0);
    await queue.tick();
    for (const word of [...steady, 'seldom', 'group']) {
      const consumer = `${word} of ${name}`;
      const left = await rows<{ token: string }>(
        session,
        `select s.token from sent s
         where s.queue = $1 and not exists (select from settled d where d.consumer = $2 and d.token = s.token)
           and not exists (select from pgque.dead_letter d where d.consumer_name = $2 and d.ev_data = s.token)`,
        [name, consumer],
      );
      const delivered =
        word === 'group' ? await drainGroup(session, name) : (await queue.as(session, consumer).drain()).map(told);
      const expected = left.map(({ token }) => token);
      wrong.push(
        ...expected.filter((token) => !delivered.includes(token)).map((token) => `${consumer}: ${token} was lost`),
        ...delivered.filter((token) => !expected.includes(token)).map((token) => `${consumer}: ${token} came again`),
        ...delivered
          .filter((token, at) => delivered.indexOf(token) !== at)
          .map((token) => `${consumer}: ${token} came twice`),
      );
    }
  }
  await session.end();
  return wrong;
}

async function drainGroup(session: Client, queue: string): Promise<string[]> {
  const delivered: string[] = [];
  for (const member of members) {
    for (;;) {
      const messages = await rows<Message>(session, 'select * from pgque.receive_coop($1, $2, $3)', [
        queue,
        `group of ${queue}`,
        member,
      ]);
      if (messages.length === 0) break;
      delivered.push(...messages.map(told));
      await scalar(session, 'select pgque.ack($1)', [messages[0]?.batch_id]);
    }
  }
  return delivered;
}

const told = ({ payload }: Message): string => payload ?? '';
