import {
  type BeforeApplicationShutdown,
  Injectable,
  Module,
  type OnApplicationShutdown,
  type OnModuleDestroy,
  Scope,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { waitFor } from '@pgque/consumer/testing';
import type { Message } from 'pgque';
import { expect, test } from 'vitest';
import {
  InjectQueue,
  PgqueConsumer,
  type PgqueContext,
  PgqueHandler,
  PgqueModule,
  type PgqueQueue,
} from '../src/index.ts';
import { openBench, sessionsOf, startApp } from './start-app.ts';

const { url, client, database } = await openBench();

/** An application with a handler that goes on until it is told to end, and what was seen of it. */
async function openWorkshop(queue: string, scope: Scope = Scope.DEFAULT, stopTimeout?: '1s') {
  const events: string[] = [];
  const mayEnd = Promise.withResolvers<void>();
  await client.createQueue(`${queue} done`);

  /** What an ORM does: it is connected until its module is destroyed. */
  @Injectable()
  class Orm implements OnModuleDestroy, OnApplicationShutdown {
    constructor(@InjectQueue(`${queue} done`) private readonly done: PgqueQueue) {}

    async onModuleDestroy(): Promise<void> {
      events.push('orm disconnects');
      await this.done.send({ payload: 'from onModuleDestroy' });
    }

    async onApplicationShutdown(): Promise<void> {
      await this.done.send({ payload: 'from onApplicationShutdown' });
    }
  }

  @Injectable()
  class Web implements BeforeApplicationShutdown {
    beforeApplicationShutdown(): void {
      events.push('before the shutdown');
    }
  }

  @PgqueConsumer({ queue, name: 'worker', startAt: 'earliest', maxMessages: 1, scope })
  class Worker {
    constructor(@InjectQueue(`${queue} done`) private readonly done: PgqueQueue) {}

    @PgqueHandler('*')
    async onAny({ payload }: Message, { signal }: PgqueContext): Promise<void> {
      events.push(`handler of ${payload} begins`);
      await Promise.race([mayEnd.promise, new Promise((resolve) => signal.addEventListener('abort', resolve))]);
      if (signal.aborted) events.push('aborted');
      signal.throwIfAborted();
      await this.done.send({ payload: 'from the handler' });
      events.push(`handler of ${payload} ends`);
    }
  }

  @Module({ imports: [PgqueModule.registerQueue(`${queue} done`)], providers: [Orm], exports: [Orm] })
  class OrmModule {}

  const app = await startApp({
    imports: [
      PgqueModule.forRoot({ url, applicationName: 'app', ...(stopTimeout && { stopTimeout }) }),
      PgqueModule.registerQueue({ queue, create: true }, `${queue} done`),
      OrmModule,
    ],
    providers: [Worker, Web],
  });
  await client.send(queue, { payload: 1 });
  await waitFor(() => events.includes('handler of 1 begins'));
  const sent = async () =>
    (
      await database.query<{ data: string }>(
        `select ev_data as data from pgque.event join pgque.queue using (log_id) where queue_name = '${queue} done' order by ev_id`,
      )
    ).map(({ data }) => JSON.parse(data));
  return { app, events, mayEnd, sent };
}

test.for([
  ['queues closed before active jobs finish, so jobs cannot enqueue during drain', Scope.DEFAULT, 'static'],
  ['request-scoped processor outlives close', Scope.REQUEST, 'scoped'],
] as const)('%s. Order: stop claiming -> drain -> close producers', async ([, scope, queue]) => {
  const { app, events, mayEnd, sent } = await openWorkshop(queue, scope);
  const closing = app.close();
  await client.send(queue, { payload: 2 });
  mayEnd.resolve();
  await closing;
  expect(events).toEqual(['handler of 1 begins', 'handler of 1 ends', 'orm disconnects', 'before the shutdown']);
  expect(await sent()).toEqual(['from the handler', 'from onModuleDestroy', 'from onApplicationShutdown']);
  expect(await client.getConsumerInfo(queue, 'worker')).toMatchObject([{ currentBatchId: null }]);
  await expect.poll(() => sessionsOf(database)).toEqual([]);
});

test('a handler that does not end is aborted in time, and its message comes again', async () => {
  const { app, events, sent } = await openWorkshop('stuck', Scope.DEFAULT, '1s');
  await app.close();
  expect(events).toEqual(['handler of 1 begins', 'aborted', 'orm disconnects', 'before the shutdown']);
  expect(await sent()).not.toContain('from the handler');
  await client.maintRetryEvents();
  await client.tickPending();
  expect(await client.receive('stuck', 'worker')).toMatchObject([{ payload: 1, retryCount: 1 }]);
});

test('an application that is closed while a consumer of it still starts ends without an error, whatever the start waits for', async () => {
  await client.createQueue('starting');

  @PgqueConsumer({ queue: 'starting', name: 'worker', startAt: 'earliest' })
  class Worker {
    @PgqueHandler('*')
    onAny(): void {}
  }

  const blocker = await database.connect();
  await blocker.query('begin; lock table pgque.subscription in access exclusive mode');
  @Module({
    imports: [
      PgqueModule.forRoot({ url, applicationName: 'app', ticker: false, stopTimeout: '1s' }),
      PgqueModule.registerQueue('starting'),
    ],
    providers: [Worker],
  })
  class Root {}

  const started = await NestFactory.create(Root, { logger: false, abortOnError: false });
  const blockedSessions = async (): Promise<number> => {
    const text = `select 1 from pg_stat_activity
      where datname = current_database() and application_name = 'app' and wait_event_type = 'Lock'`;
    return (await client.transaction((tx) => tx.query(text))).length;
  };
  const starting = started.init();
  await expect.poll(() => blockedSessions()).toBe(1);
  const closing = started.close();
  // The server still holds up what the start has asked for.
  await starting;
  await blocker.query('rollback');
  await closing;
  await expect.poll(() => sessionsOf(database)).toEqual([]);
});
