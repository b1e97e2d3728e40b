import {
  Controller,
  Injectable,
  Module,
  type ModuleMetadata,
  type OnApplicationBootstrap,
  type OnModuleInit,
} from '@nestjs/common';
import { waitFor } from '@pgque/consumer/testing';
import { openTestDatabase } from '@pgque/testing';
import { defineQueue, type Message, openSession } from 'pgque';
import { expect, inject, test } from 'vitest';
import { z } from 'zod';
import {
  InjectQueue,
  PgqueConsumer,
  PgqueHandler,
  PgqueModule,
  PgqueModuleError,
  type PgqueQueue,
} from '../src/index.ts';
import { openBench, sessionsOf, startApp, startFailure } from './start-app.ts';

const { url, client, database } = await openBench();
await client.createQueue('orders');
await client.createQueue('mails');
const root = PgqueModule.forRoot({ url, applicationName: 'app' });

@PgqueConsumer({ queue: 'orders', name: 'billing', startAt: 'earliest' })
class Billing {
  readonly payloads: unknown[] = [];

  @PgqueHandler('order.created')
  onCreated({ payload }: Message): void {
    this.payloads.push(payload);
  }
}

test('these tests run on the NestJS of their project', async () => {
  const { default: core } = await import('@nestjs/core/package.json', { with: { type: 'json' } });
  expect(core.version.split('.')[0]).toBe(String(inject('nestMajor')));
});

test('Do not take jobs before the app is ready', async () => {
  const events: string[] = [];
  const bootstrapped = Promise.withResolvers<void>();

  @PgqueConsumer({ queue: 'orders', name: 'early', startAt: 'earliest' })
  class Early {
    @PgqueHandler('*')
    onAny(): void {
      events.push('handled');
    }
  }

  @Injectable()
  class Slow implements OnModuleInit, OnApplicationBootstrap {
    onModuleInit(): void {
      events.push('init');
    }

    async onApplicationBootstrap(): Promise<void> {
      events.push('bootstrapping');
      await bootstrapped.promise;
      events.push('bootstrapped');
    }
  }

  await client.send('orders', { type: 'order.created', payload: 1 });
  await client.forceNextTick('orders');
  await client.ticker();
  // What is slow is the root module, whose hooks Nest calls last.
  const starting = startApp({ imports: [root], providers: [Slow, Early] });
  await waitFor(() => events.includes('bootstrapping'));
  // One that had started would have subscribed first.
  expect(await client.consumerStats('orders')).toEqual([]);
  bootstrapped.resolve();
  const app = await starting;
  await waitFor(() => events.includes('handled'));
  expect(events).toEqual(['init', 'bootstrapping', 'bootstrapped', 'handled']);
  await app.close();
});

test('Run as producer only / consumer only from one codebase', async () => {
  @Injectable()
  class Shop {
    constructor(@InjectQueue('mails') readonly mails: PgqueQueue) {}
  }

  @PgqueConsumer({ queue: 'mails', name: 'mailer', startAt: 'earliest' })
  class Mailer {
    readonly payloads: unknown[] = [];

    @PgqueHandler('*')
    onAny({ payload }: Message): void {
      this.payloads.push(payload);
    }
  }
  const codebase = (role: 'producer' | 'worker' | 'both') =>
    startApp({
      imports: [PgqueModule.forRoot({ url, role }), PgqueModule.registerQueue('mails')],
      providers: [Shop, Mailer],
    });

  const producer = await codebase('producer');
  await producer.get(Shop).mails.send({ payload: 'from a producer' });
  const infos = () => client.getConsumerInfo('mails');
  // It has not even subscribed, and it does not tick.
  expect(await infos()).toEqual([]);
  const worker = await codebase('worker');
  const { payloads } = worker.get(Mailer);
  await waitFor(() => payloads.length === 1);
  await worker.get(Shop).mails.send({ payload: 'from a worker' });
  await waitFor(() => payloads.length === 2);
  expect(producer.get(Mailer).payloads).toEqual([]);
  await worker.close();
  const both = await codebase('both');
  await both.get(Shop).mails.send({ payload: 'from both' });
  await waitFor(() => both.get(Mailer).payloads.length === 1);

  expect(await startFailure({ imports: [PgqueModule.forRoot({ url, role: 'worker' })] })).toMatchObject({
    code: 'no_consumers',
    message: expect.stringContaining("the connection 'default' has the role 'worker'"),
  });
});

test('a stopTimeout that is no duration is refused at the start, and not found at the shutdown', async () => {
  const module = PgqueModule.forRoot({ url, stopTimeout: '10 seconds' as '10s' });
  expect(await startFailure({ imports: [module] })).toMatchObject({
    code: 'invalid_options',
    message: expect.stringContaining("the stopTimeout '10 seconds'"),
  });
});

test('a module ticks unless it is told not to', async () => {
  const { url: quiet } = await openTestDatabase();
  for (const [options, isFree] of [
    [{ ticker: false }, true],
    [{ ticker: { maxInterval: '20ms' } }, false],
    [{}, false],
    [{ role: 'producer' }, true],
    [{ role: 'producer', ticker: true }, false],
  ] as const) {
    const app = await startApp({ imports: [PgqueModule.forRoot({ url: quiet, ...options })] });
    await using session = await openSession({ url: quiet });
    expect(await session.leadTicker()).toBe(isFree);
    await app.close();
  }
});

test('Failing fast: no error when the backend is down', async () => {
  const down = PgqueModule.forRoot({ url: 'postgresql://localhost:1/nowhere', name: 'main' });
  const failure = await startFailure({ imports: [down] });
  expect(failure).toBeInstanceOf(PgqueModuleError);
  expect(failure).toMatchObject({
    code: 'connection_failed',
    message: expect.stringContaining("PgqueModule cannot open the connection 'main'"),
    cause: { code: 'connection_failed' },
  });
});

const definition = defineQueue('orders', { 'order.created': z.object({ order_id: z.number() }) });

test('errors at the start name the class, the method and what to do', async () => {
  @PgqueConsumer({ queue: 'orders', name: 'billing', connection: 'reports' })
  class Elsewhere extends Billing {}

  @PgqueConsumer({ queue: 'orders', name: 'billing' })
  class BillingAgain {
    @PgqueHandler('order.created')
    onCreatedToo(): void {}
  }

  @PgqueConsumer({ queue: 'orders', name: 'billing', concurrency: 2 })
  class BillingWithOptions {
    @PgqueHandler('order.paid')
    onPaid(): void {}
  }

  @PgqueConsumer({ queue: definition, name: 'idle' })
  class Idle {}

  @Injectable()
  class Forgotten {
    @PgqueHandler('order.created')
    onCreated(): void {}
  }

  @PgqueConsumer({ queue: 'invoices', name: 'sender', startAt: 'latest' })
  class Sender {
    @PgqueHandler('*')
    onAny(): void {}
  }

  @PgqueConsumer({ queue: 'orders', name: 'newcomer' })
  class Newcomer {
    @PgqueHandler('*')
    onAny(): void {}
  }

  @PgqueConsumer({ queue: definition, name: 'typed' })
  class Misspelt {
    @PgqueHandler('order.craeted')
    onCreated(): void {}
  }

  @PgqueConsumer({ queue: 'mails', name: 'mixed' })
  class Mixed {
    @PgqueHandler(definition, 'order.created')
    onCreated(): void {}
  }

  const another = defineQueue('orders', { 'order.created': z.object({}) });

  @PgqueConsumer({ queue: another, name: 'torn' })
  class Torn {
    @PgqueHandler(definition, 'order.created')
    onCreated(): void {}
  }

  @Controller()
  class Http {
    @PgqueHandler('order.created')
    onCreated(): void {}
  }

  @Module({ providers: [Billing] })
  class First {}

  @Module({ providers: [Billing] })
  class Second {}

  const failures = [
    [{ providers: [Elsewhere] }, 'unknown_connection', 'Elsewhere', "PgqueModule.forRoot({ name: 'reports', … })"],
    [
      { providers: [Billing, BillingAgain] },
      'duplicate_handler',
      'Billing.onCreated and BillingAgain.onCreatedToo',
      'call one',
    ],
    [{ imports: [First, Second] }, 'duplicate_handler', 'Billing.onCreated', 'Let one of them export it'],
    [
      { providers: [Billing, BillingWithOptions] },
      'consumer_conflict',
      'Billing and BillingWithOptions',
      'leave them to one',
    ],
    [{ providers: [Idle] }, 'no_handlers', 'Idle', "@PgqueHandler('order.created')"],
    [{ providers: [Forgotten] }, 'not_a_consumer', 'Forgotten.onCreated', '@PgqueConsumer({ queue, name })'],
    [{ providers: [Sender] }, 'queue_not_found', 'Sender', "registerQueue({ queue: 'invoices', create: true })"],
    [{ providers: [Newcomer] }, 'not_subscribed', 'Newcomer', "startAt: 'earliest'"],
    [{ providers: [Misspelt] }, 'unknown_event', 'Misspelt.onCreated', 'it has order.created'],
    [{ providers: [Mixed] }, 'wrong_queue', 'Mixed.onCreated', 'move the method'],
    [{ providers: [Torn] }, 'consumer_conflict', 'Torn', 'let them share one'],
    [{ controllers: [Http] }, 'not_a_consumer', 'Http.onCreated', 'which is a provider'],
    [{ imports: [PgqueModule.registerQueue('invoices')] }, 'queue_not_found', 'registerQueue()', 'create: true'],
    [{ imports: [PgqueModule.forRoot({ url })] }, 'duplicate_connection', "'default'", 'forRoot({ name, … })'],
  ] satisfies [ModuleMetadata, string, string, string][];
  for (const [metadata, code, who, advice] of failures) {
    const given: ModuleMetadata = metadata;
    const failure = await startFailure({ ...given, imports: [root, ...(given.imports ?? [])] });
    expect(failure, code).toBeInstanceOf(PgqueModuleError);
    expect(failure).toMatchObject({ code, message: expect.stringContaining(who) });
    expect(failure).toMatchObject({ message: expect.stringContaining(advice) });
  }
  // What had started is gone: a process that only has this application ends by itself.
  await expect.poll(() => sessionsOf(database)).toEqual([]);

  const queue = PgqueModule.registerQueue({ queue: 'orders', connection: 'reports' });
  expect(await startFailure({ imports: [root, queue] })).toMatchObject({
    code: 'unknown_connection',
    message: expect.stringContaining("add PgqueModule.forRoot({ name: 'reports', … })"),
  });
});

test('a ticker that may not tick says what to do', async () => {
  // Tests of the other Nest may be at it on the same server.
  const role = `ticks_nothing_${inject('nestMajor')}`;
  await database.query(`create role ${role} login password 'secret'; grant pgque_reader to ${role}`);
  const mine = new URL(url);
  Object.assign(mine, { username: role, password: 'secret' });
  const failure = await startFailure({ imports: [PgqueModule.forRoot({ url: mine.href })] });
  expect(failure).toMatchObject({ code: 'ticker_not_started', message: expect.stringContaining('ticker: false') });
  await database.query(`drop role ${role}`);
});
