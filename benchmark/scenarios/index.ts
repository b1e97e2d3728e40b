import type { Scenario } from '../harness/scenario.ts';
import { doManyConsumersCost } from './do-many-consumers-cost.ts';
import { doManyQueuesCost } from './do-many-queues-cost.ts';
import { doMembersShareTheWork } from './do-members-share-the-work.ts';
import { doThreadsShareTheWork } from './do-threads-share-the-work.ts';
import { doesALongQueueCostMore } from './does-a-long-queue-cost-more.ts';
import { doesALongRunTakeMemory } from './does-a-long-run-take-memory.ts';
import { doesAPinnedHorizonHurt } from './does-a-pinned-horizon-hurt.ts';
import { doesARetryCostMoreInALargeBatch } from './does-a-retry-cost-more-in-a-large-batch.ts';
import { doesTheTickPeriodMatter } from './does-the-tick-period-matter.ts';
import { howDoPayloadsReachAThread } from './how-do-payloads-reach-a-thread.ts';
import { howFastAreBatchesFromNode } from './how-fast-are-batches-from-node.ts';
import { howFastAreSendsFromNode } from './how-fast-are-sends-from-node.ts';
import { howFastIsConsumptionFromNode } from './how-fast-is-consumption-from-node.ts';
import { howLongUntilDelivery } from './how-long-until-delivery.ts';
import { howMuchWalIsWritten } from './how-much-wal-is-written.ts';
import { whatDoRetriesCost } from './what-do-retries-cost.ts';
import { whatDoesABatchOfSendsCost } from './what-does-a-batch-of-sends-cost.ts';
import { whatDoesOneSendCost } from './what-does-one-send-cost.ts';
import { whatDoesReadingCost } from './what-does-reading-cost.ts';

/** In the order of the report. */
export const scenarios: readonly Scenario[] = [
  whatDoesOneSendCost,
  whatDoesABatchOfSendsCost,
  whatDoesReadingCost,
  whatDoRetriesCost,
  doesARetryCostMoreInALargeBatch,
  doesAPinnedHorizonHurt,
  howFastAreSendsFromNode,
  howFastAreBatchesFromNode,
  howFastIsConsumptionFromNode,
  howLongUntilDelivery,
  doesTheTickPeriodMatter,
  doesALongQueueCostMore,
  doManyQueuesCost,
  doManyConsumersCost,
  doMembersShareTheWork,
  howMuchWalIsWritten,
  doThreadsShareTheWork,
  howDoPayloadsReachAThread,
  doesALongRunTakeMemory,
];
