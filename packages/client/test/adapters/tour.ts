import { type Client, PgqueError } from '../../src/index.ts';

/** What an answer looks like, without what differs from one run to the next. */
function shapeOf(value: unknown): unknown {
  if (value instanceof Date) return 'date';
  if (Array.isArray(value)) return [...new Set(value.map((each) => JSON.stringify(shapeOf(each))))].sort();
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shapeOf(each)]));
  }
  if (value === null || typeof value === 'boolean') return value;
  return typeof value;
}

/** Calls every method of a client on an installed engine, which it uninstalls, and tells what each answered. */
export async function tour(client: Client): Promise<Record<string, unknown[]>> {
  const answers: Record<string, unknown[]> = {};
  const note = async <Result>(method: string, call: Promise<Result>): Promise<Result> => {
    const [outcome] = await Promise.allSettled([call]);
    const failure = outcome.status === 'rejected' ? outcome.reason : undefined;
    if (failure !== undefined && !(failure instanceof PgqueError)) throw failure;
    const answer = failure ? [failure.code, failure.sqlstate] : shapeOf(await call);
    answers[method] = [...(answers[method] ?? []), answer];
    return failure ? (undefined as Result) : await call;
  };
  /** Makes one more window, whatever ticks have come before. */
  const on = async (): Promise<void> => {
    await note('send', client.send('q', { payload: { n: 1 } }));
    await note('forceNextTick', client.forceNextTick('q'));
    await note('ticker', client.ticker());
  };
  const finishAll = async (): Promise<void> => {
    for (let at = await client.nextBatch('q', 'd'); at !== null; at = await client.nextBatch('q', 'd')) {
      await client.finishBatch(at);
    }
  };

  await note('version', client.version());
  await note('status', client.status());
  await note('createQueue', client.createQueue('q', { tickerMaxCount: 1000, tickerPaused: false }));
  await note('setQueueConfig', client.setQueueConfig('q', { tickerMaxLagMs: 1500, maxRetries: null }));
  await note('getQueueConfig', client.getQueueConfig('q'));
  await note('pauseQueue', client.pauseQueue('q'));
  await note('resumeQueue', client.resumeQueue('q'));

  await note('subscribe', client.subscribe('q', 'c'));
  await note('subscribe', client.subscribe('q', 'early', 'earliest'));
  await note('registerConsumer', client.registerConsumer('q', 'd'));
  await note('sendBatch', client.sendBatch('q', 't', [1, 'two', null]));
  await note('sendBatch', client.sendBatch('q', [{ payload: 1, extra1: 'x' }, { payload: 2 }]));
  await note('insertEvent', client.insertEvent('q', 't', null, 'a', null, 'c'));
  const delayed = await note('sendAt', client.sendAt('q', { payload: 1 }, { delayMs: 60_000 }));
  await note('sendAt', client.sendAt('q', { payload: 1 }, { deliverAt: new Date(Date.now() + 60_000) }));
  await note('cancel', client.cancel(delayed));
  await on();
  await note('tick', client.tick('q'));
  await note('send', client.send('q', { payload: { n: 1 } }));
  // It depends on what else goes on in the cluster whether one more is owed.
  await note(
    'tickPending',
    client.tickPending(1).then((ticks) => ({ ...ticks, isOwed: typeof ticks.isOwed })),
  );
  await note('tickAndReceive', client.tickAndReceive('q', 'd', 1));
  await note('forceTick', client.forceTick('q'));

  const messages = await note('receive', client.receive('q', 'c'));
  const batchId = messages[0]?.batchId ?? 0n;
  const [first, second, third, fourth] = messages.map(({ msgId }) => msgId);
  await note('getBatchInfo', client.getBatchInfo(batchId));
  await note('inFlight', client.inFlight());
  await note('nack', client.nack(batchId, { msgId: first ?? 0n }, { retryAfterMs: 0, reason: 'again' }));
  await note('nackMany', client.nackMany(batchId, [{ msgId: second ?? 0n, reason: 'bad "one"', dead: true }]));
  await note('eventDead', client.eventDead(batchId, third ?? 0n, 'dead'));
  await note('eventRetry', client.eventRetry(batchId, fourth ?? 0n, { retryAfterSeconds: 3600 }));
  await note('settle', client.settle(batchId, []));
  await note('ack', client.ack(batchId));
  await note('unsubscribe', client.unsubscribe('q', 'c'));
  await note('maintRetryEvents', client.maintRetryEvents());
  await note('maintDeliverDelayed', client.maintDeliverDelayed());

  const next = await note('nextBatch', client.nextBatch('q', 'd'));
  await note('getBatchEvents', client.getBatchEvents(next ?? 0n));
  await note(
    'getBatchCursor',
    client.transaction((tx) => tx.getBatchCursor(next ?? 0n, 'cursor', 2, 'true')),
  );
  await note('batchRetry', client.batchRetry(next ?? 0n, { retryAfterSeconds: 60 }));
  await note('finishBatch', client.finishBatch(next ?? 0n));
  await on();
  await note('nextBatchInfo', client.nextBatchInfo('q', 'd'));
  await finishAll();
  await note('nextBatchCustom', client.nextBatchCustom('q', 'early', { minLagMs: 0, minCount: 1, minIntervalMs: 0 }));
  await note('seek', client.seek('q', 'd', 'latest'));
  await note('seek', client.seek('q', 'd', new Date()));
  const position = await note('seek', client.seek('q', 'd', 'earliest'));
  await note('seek', client.seek('q', 'd', position));
  await note('registerConsumerAt', client.registerConsumerAt('q', 'd', position));

  await note('dlq.inspect', client.dlq.inspect('q'));
  const [dead] = await client.dlq.inspect('q');
  await note('dlq.replay', client.dlq.replay(dead?.deadLetterId ?? 0n));
  await note('dlq.replayAll', client.dlq.replayAll('q'));
  await note('dlq.purge', client.dlq.purge('q', { olderThanMs: 0 }));

  await note('registerSubconsumer', client.registerSubconsumer('q', 'd', '1', { convertNormal: true }));
  await note('subscribeSubconsumer', client.subscribeSubconsumer('q', 'd', '2', { convertNormal: false }));
  await on();
  await on();
  await note('receiveCoop', client.receiveCoop('q', 'd', '1', { maxMessages: 3, deadIntervalMs: 60_000 }));
  await note('touchSubconsumer', client.touchSubconsumer('q', 'd', '1'));
  await note('nextBatchCoop', client.nextBatchCoop('q', 'd', '2'));
  await note('nextBatchCustomCoop', client.nextBatchCustomCoop('q', 'd', '2', { minCount: 1, deadIntervalMs: 60_000 }));
  await note('unregisterSubconsumer', client.unregisterSubconsumer('q', 'd', '1', { batchHandling: 1 }));
  await note('unsubscribeSubconsumer', client.unsubscribeSubconsumer('q', 'd', '2', { batchHandling: 1 }));
  await note('unsubscribe', client.unsubscribe('q', 'c', { discardRetries: true }));
  await note('unregisterConsumer', client.unregisterConsumer('q', 'early'));

  await note('getQueueInfo', client.getQueueInfo());
  await note('getConsumerInfo', client.getConsumerInfo('q', 'd'));
  await note('queueStats', client.queueStats('q'));
  await note('consumerStats', client.consumerStats());
  await note('stuckConsumers', client.stuckConsumers(0));
  // So does the time that it took.
  await note(
    'throughput',
    client.throughput('q', 60_000, 1000).then((buckets) => buckets.map(({ start }) => start)),
  );
  await note('metrics', client.metrics());
  await note('health', client.health());

  await note('maint', client.maint());
  await note('maintRotateTablesStep1', client.maintRotateTablesStep1('q'));
  await note('maintRotateTablesStep2', client.maintRotateTablesStep2());
  await note('setTickPeriodMs', client.setTickPeriodMs(100));
  await note('tickerLoop', client.tickerLoop(100));
  await note('leadTicker', client.leadTicker());
  await note('start', client.start());
  await note('stop', client.stop());
  await note('rebase', client.rebase());
  await client.createQueue('outside', { externalTicker: true });
  await note('externalTick', client.externalTick('outside', 1000n, new Date(Date.now() + 60_000), 1000n));
  await note('dropQueue', client.dropQueue('outside', { force: false }));
  await note('dropQueue', client.dropQueue('q', { force: true }));
  await note('uninstall', client.uninstall());
  return answers;
}
