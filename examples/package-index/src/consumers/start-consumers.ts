import type { Client } from 'pgque';
import type { Persistence } from '../persistence.ts';
import type { Progress } from '../progress.ts';
import { queueName } from '../queue.ts';
import type { Tasks } from '../tasks.ts';
import { LicenceCounts, runAnalyticsPipeline } from './analytics-pipeline.ts';
import { runAuditLogger } from './audit-logger.ts';
import type { ConsumerContext } from './consumer.ts';
import type { ConsumerName } from './consumer-names.ts';
import { Flagged, runNotificationSender } from './notification-sender.ts';
import { TickBell } from './tick-bell.ts';

export interface StartConsumersOptions {
  readonly client: Client;
  readonly databaseUrl: string;
  readonly persistence: Persistence;
  readonly progress: Progress;
  readonly runId: number;
}

/** Starts the three, each with its own cursor and one bell for all; answers what they find out. */
export function startConsumers(tasks: Tasks, options: StartConsumersOptions): Findings {
  const { client, databaseUrl, persistence, progress, runId } = options;
  const bell = new TickBell(databaseUrl, queueName);
  const contextOf = (name: ConsumerName): ConsumerContext => {
    return { client, persistence, bell, runId, progress: progress.consumers[name] };
  };
  const findings = { flagged: new Flagged(), licences: new LicenceCounts() };
  tasks.start((signal) => bell.listen(signal));
  tasks.start((signal) => runAuditLogger(contextOf('audit_logger'), signal));
  tasks.start((signal) => runNotificationSender(contextOf('notification_sender'), findings.flagged, signal));
  tasks.start((signal) => runAnalyticsPipeline(contextOf('analytics_pipeline'), findings.licences, signal));
  return findings;
}

export interface Findings {
  readonly flagged: Flagged;
  readonly licences: LicenceCounts;
}
