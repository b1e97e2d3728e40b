import type { Client } from 'pgque';
import { type ConsumerName, consumerNames } from './consumers/consumer-names.ts';
import type { EngineFigures, EngineMeter } from './engine-meter.ts';
import type { Progress } from './progress.ts';
import { queueName } from './queue.ts';
import { expectedFailures } from './staged-failures.ts';

/** What is found at the end, in the process and in the database. */
export interface Reckoning {
  readonly sent: number;
  /** Events of this run that came to their end with each consumer: handled, or in the dead letters. */
  readonly consumers: Readonly<Record<ConsumerName, number>>;
  /** Events that failed at first, came back, and were handled. */
  readonly retried: number;
  /** Dead letters of this run. */
  readonly dead: number;
  readonly broken: number;
  /** Deliveries of events that an earlier run on the same data had left. */
  readonly leftOver: number;
  readonly engine: EngineFigures;
  /** Every count that does not agree, as a sentence; empty when all agree. */
  readonly disagreements: readonly string[];
}

export interface ReckonOptions {
  readonly client: Client;
  readonly engine: EngineMeter;
  readonly progress: Progress;
  readonly runId: number;
}

/** Compares what was sent with what each consumer got, which events these were, and what the tables hold. */
export async function reckon({ client, engine, progress, runId }: ReckonOptions): Promise<Reckoning> {
  const { sent, broken } = progress;
  const { notification_sender: sender } = progress.consumers;
  const stored = await readStoredCounts(client, runId);
  const expected = expectedFailures(sent);
  const disagreements: string[] = [];
  const compare = (what: string, found: number, wanted: number): void => {
    if (found !== wanted) disagreements.push(`${what}: ${count(found)}, but it should be ${count(wanted)}.`);
  };

  for (const name of consumerNames) {
    const { settled, positions } = progress.consumers[name];
    compare(`Events that ${name} got`, settled, sent);
    if (settled === sent && !positions.isExactly(sent)) disagreements.push(`${name} got other events than were sent.`);
  }
  compare('Rows in the audit log', stored.logged, sent);
  compare('Different events in the audit log', stored.loggedOnce, sent);
  compare('Events that failed at first and came back', sender.retried, expected.retried);
  compare('Events that notification_sender gave up', sender.dead, expected.dead);
  compare('Dead letters', stored.dead, expected.dead);

  return {
    sent,
    consumers: {
      audit_logger: progress.consumers.audit_logger.settled,
      notification_sender: sender.settled,
      analytics_pipeline: progress.consumers.analytics_pipeline.settled,
    },
    retried: sender.retried,
    dead: stored.dead,
    broken,
    leftOver: Object.values(progress.consumers).reduce((sum, { leftOver }) => sum + leftOver, 0),
    engine: await engine.read(),
    disagreements,
  };
}

interface StoredCounts {
  readonly logged: number;
  readonly loggedOnce: number;
  readonly dead: number;
}

async function readStoredCounts(client: Client, runId: number): Promise<StoredCounts> {
  const [row] = await client.transaction((tx) =>
    tx.query<StoredCounts>(
      `select l.logged, l."loggedOnce", d.dead
       from (
         select count(*)::float8 as logged, count(distinct position)::float8 as "loggedOnce"
         from package_index.audit_log where run_id = $1) l
       cross join (
         select count(*)::float8 as dead
         from pgque.dead_letter d join pgque.queue q on q.queue_id = d.queue_id
         where q.queue_name = $2 and d.ev_extra1 like $3) d`,
      [runId, queueName, `${runId}:%`],
    ),
  );
  return row ?? { logged: 0, loggedOnce: 0, dead: 0 };
}

function count(value: number): string {
  return value.toLocaleString('en');
}
