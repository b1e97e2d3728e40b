import type { Ledger } from './ledger.ts';
import { subjectOf } from './ledger.ts';
import { show } from './match.ts';
import type { Announcement, Case } from './scenario.ts';
import type { World } from './world.ts';

interface Subscription {
  readonly queue: string;
  readonly consumer: string;
}

/** What must hold over every case, looked at when the drivers have closed their clients. Says what does not. */
export async function findViolations(world: World, ledger: Ledger, { announces, setup }: Case): Promise<string[]> {
  const found: [Announcement, string[]][] = [
    ['disorder', ledger.disorder],
    ['sessions', announces.includes('sessions') ? [] : await findSessions(world)],
    ['open_batch', await findOpenBatches(world, ledger)],
    ['repeats', findRepeats(ledger)],
  ];
  const subscriptions = await listSubscriptions(world);
  const fromTheStart = new Set(setup.subscriptions);
  for (const subscription of subscriptions) {
    const subject = subjectOf(subscription.queue, subscription.consumer);
    const left = await drain(world, subscription);
    const delivered = ledger.delivered.get(subject) ?? new Set<string>();
    const handled = ledger.handled.get(subject) ?? new Map<string, number>();
    found.push([
      'repeats',
      left.filter((id) => handled.has(id)).map((id) => `${subject}: ${id} was handled and comes again`),
    ]);
    if (!fromTheStart.has(subject)) continue;
    const known = new Set([...delivered, ...left, ...(await listDead(world, subscription))]);
    const lost = (await listSent(world, subscription.queue)).filter((id) => !known.has(id));
    found.push(['loss', lost.map((id) => `${subject}: ${id} was never delivered`)]);
  }
  found.push(['rotation', await findStuckRotation(world)]);
  return found
    .filter(([announcement]) => !announces.includes(announcement))
    .flatMap(([announcement, each]) => each.map((text) => `${announcement}: ${text}`));
}

/** Sessions that are still there, and transactions above all. */
async function findSessions(world: World): Promise<string[]> {
  const look = (): Promise<unknown[]> =>
    world.look(
      `select application_name, state, left(query, 100) as query from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`,
    );
  try {
    await world.until(look, []);
    return [];
  } catch {
    return (await look()).map((session) => `a session is left open: ${show(session)}`);
  }
}

async function findOpenBatches(world: World, ledger: Ledger): Promise<string[]> {
  const rows = await world.look(
    'select queue_name as queue, consumer_name as consumer, batch_id from pgque.in_flight()',
  );
  return (rows as (Subscription & { batch_id: string })[])
    .filter(({ queue, consumer }) => ledger.runtimes.has(subjectOf(queue, consumer.split('.')[0])))
    .map((open) => `a batch is left open: ${show(open)}`);
}

function findRepeats(ledger: Ledger): string[] {
  return [...ledger.handled].flatMap(([subject, counts]) =>
    [...counts].filter(([, count]) => count > 1).map(([id, count]) => `${subject}: ${id} was handled ${count} times`),
  );
}

async function listSubscriptions(world: World): Promise<Subscription[]> {
  const members = await world.query(
    `select q.queue_name as queue, p.consumer_name as consumer, substr(m.consumer_name, length(p.consumer_name) + 2) as member
     from pgque.subscription m
     join pgque.subscription p on p.subscription_id = m.parent_id
     join pgque.queue q on q.queue_id = p.queue_id`,
  );
  for (const { queue, consumer, member } of members) {
    await world.query('select pgque.unregister_subconsumer($1, $2, $3, 1)', [queue, consumer, member]);
  }
  const rows = await world.query(
    'select q.queue_name as queue, s.consumer_name as consumer from pgque.subscription s join pgque.queue q using (queue_id)',
  );
  return rows as unknown as Subscription[];
}

/** What still comes: all of it, also what is delayed, until nothing is left. */
async function drain(world: World, { queue, consumer }: Subscription): Promise<string[]> {
  await world.query('select pgque.resume_queue($1)', [queue]);
  const left: string[] = [];
  await world.move('all');
  await world.tick(queue);
  for (;;) {
    const rows = await world.look('select msg_id, batch_id from pgque.receive($1, $2, 10000)', [queue, consumer]);
    const messages = rows as { msg_id: string; batch_id: string }[];
    if (messages.length === 0) return left;
    left.push(...messages.map(({ msg_id: id }) => id));
    await world.query('select pgque.ack($1::bigint)', [messages[0]?.batch_id]);
  }
}

async function listDead(world: World, { queue, consumer }: Subscription): Promise<string[]> {
  const rows = await world.look('select ev_id as id from pgque.dlq_inspect($1, 100000) where consumer_name = $2', [
    queue,
    consumer,
  ]);
  return (rows as { id: string }[]).map(({ id }) => id);
}

async function listSent(world: World, queue: string): Promise<string[]> {
  const rows = await world.look(
    'select distinct e.ev_id as id from pgque.event e join pgque.queue q using (log_id) where q.queue_name = $1 and e.ev_owner is null',
    [queue],
  );
  return (rows as { id: string }[]).map(({ id }) => id);
}

/** With nobody left to wait for, the log of each queue rotates within a few calls. */
async function findStuckRotation(world: World): Promise<string[]> {
  const slots = async (): Promise<Map<unknown, unknown>> => {
    const rows = await world.query('select queue_name, queue_cur_table from pgque.get_queue_info()');
    return new Map(rows.map((row) => [row['queue_name'], row['queue_cur_table']]));
  };
  const before = await slots();
  for (const queue of before.keys()) {
    await world.query(`select pgque.set_queue_config($1, 'rotation_period', '1 millisecond')`, [queue]);
  }
  const waiting = new Set(before.keys());
  for (let call = 0; call < 20 && waiting.size > 0; call += 1) {
    // A log at rest does not rotate.
    for (const queue of waiting) await world.query('select pgque.force_next_tick($1)', [queue]);
    await world.query('select pgque.maint()');
    for (const [queue, slot] of await slots()) if (slot !== before.get(queue)) waiting.delete(queue);
  }
  return [...waiting].map((queue) => `the log of ${queue} does not rotate`);
}
