import { setTimeout as delay } from 'node:timers/promises';
import { connectClient, type PrivateServer } from '@pgque/testing';
import { untilDelivered, watchBacklog } from './backlog.ts';
import { Chance } from './chance.ts';
import { type Consumer, consumerKinds, runConsumer } from './consumers.ts';
import { runBackendKiller, runHorizonPin, runOperators, runQueueMaker } from './operators.ts';
import { decide, runCoordinator, runProducer } from './producers.ts';
import { judge } from './verdict.ts';
import { count, type World } from './world.ts';

const maxRetries = 2;
const members = ['one', 'two', 'three'];

export interface RunOptions {
  readonly seed: number;
  readonly durationMs: number;
  /** Between two kills of the whole server with SIGKILL. */
  readonly serverKillEveryMs: number;
}

export interface RunResult {
  readonly violations: readonly string[];
  readonly tally: ReadonlyMap<string, number>;
}

/**
 * Random producers, consumers, tickers, rotation and faults on one server, and then the verdict: each committed event
 * was settled once by each consumer, at the attempt at which it was to succeed, or is one dead letter; none of an aborted
 * transaction was seen. The seed decides what each actor tries; how their sessions interleave is the server's doing.
 */
export async function runRandomly({ server, database }: PrivateServer, options: RunOptions): Promise<RunResult> {
  const chance = new Chance(options.seed);
  const world: World = {
    url: database.url,
    queues: ['first', 'second'],
    isDraining: false,
    backlog: 0,
    violations: [],
    tally: new Map(),
  };
  await database.query(`
    create table sent (token text primary key, queue text not null);
    create table settled (consumer text not null, token text not null, retry_count int not null);
    update pgque.config set log_rotation_period = '1 millisecond', log_rotation_bytes = 1;`);
  const settings = { ticker_max_lag: '1 millisecond', rotation_period: '1 millisecond', max_retries: maxRetries };
  const consumers: Consumer[] = [];
  for (const queue of world.queues) {
    await database.query('select pgque.create_queue($1, $2)', [queue, settings]);
    for (const kind of consumerKinds) {
      const name = `${kind} of ${queue}`;
      if (kind === 'cooperative') {
        for (const member of members)
          await database.query('select pgque.register_subconsumer($1, $2, $3)', [queue, name, member]);
      } else {
        await database.query('select pgque.subscribe($1, $2)', [queue, name]);
      }
      consumers.push({ name, queue, kind, acked: new Map(), attempted: new Set() });
    }
  }

  let isDrained = false;
  const producing = [
    ...Array.from({ length: 6 }, (_, i) => runProducer(world, `p${i}`, chance.fork())),
    runCoordinator(world, chance.fork()),
    runHorizonPin(world, chance.fork()),
    runQueueMaker(world, chance.fork()),
    runBackendKiller(world, chance.fork()),
  ];
  const watching = watchBacklog(world, () => isDrained);
  const operating = runOperators(world, chance.fork(), () => isDrained);
  const consuming = consumers.flatMap((consumer) =>
    (consumer.kind === 'cooperative' ? members : ['']).map((member) =>
      runConsumer(world, consumer, chance.fork(), () => isDrained, member),
    ),
  );

  await killServerNowAndThen(world, server, options);
  world.isDraining = true;
  await Promise.all(producing);
  const last = await connectClient(database.url);
  await decide(last, 'commit', true);
  await last.end();
  await untilDelivered(world);
  isDrained = true;
  await Promise.all([...consuming, ...operating, watching]);

  for (const consumer of consumers) world.violations.push(...(await judge(database, consumer, maxRetries)));
  const [sums] = await database.query<{ sent: bigint; rotations: bigint; shared: bigint }>(
    `select (select count(*) from sent) as sent,
       (select sum(pg_sequence_last_value(generation_seq) - 3) from pgque.queue where queue_name = any ($1)) as rotations,
       pg_sequence_last_value('pgque.cursor_generation') - 3 as shared`,
    [world.queues],
  );
  count(world, 'events committed', Number(sums?.sent));
  count(world, 'rotations of the event logs', Number(sums?.rotations));
  count(world, 'rotations of the cursor log', Number(sums?.shared));
  return world;
}

async function killServerNowAndThen(
  world: World,
  server: PrivateServer['server'],
  { durationMs, serverKillEveryMs }: RunOptions,
): Promise<void> {
  const deadline = Date.now() + durationMs;
  for (let left = durationMs; left > 0; left = deadline - Date.now()) {
    await delay(Math.min(left, serverKillEveryMs));
    if (Date.now() >= deadline || world.violations.length > 0) return;
    await server.kill('SIGKILL');
    await server.start();
    count(world, 'servers killed');
  }
}
