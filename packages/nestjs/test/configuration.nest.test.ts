import { Inject, Injectable, Module } from '@nestjs/common';
import { waitFor } from '@pgque/consumer/testing';
import { openTestDatabase } from '@pgque/testing';
import pg from 'pg';
import { type Client, createClient, defineQueue, InvalidPayloadError } from 'pgque';
import { fromPg } from 'pgque/pg';
import { expect, test } from 'vitest';
import { z } from 'zod';
import {
  getPgqueToken,
  getQueueToken,
  InjectPgque,
  InjectQueue,
  PgqueConsumer,
  PgqueHandler,
  PgqueModule,
  type PgqueOptionsFactory,
  type PgqueQueue,
  type QueueOptionsFactory,
} from '../src/index.ts';
import { openBench, startApp, startFailure } from './start-app.ts';

const { url, client, database } = await openBench();
const reports = await openTestDatabase();

@Injectable()
class Config {
  readonly url = url;
}

@Module({ providers: [Config], exports: [Config] })
class ConfigModule {}

@Injectable()
class PgqueConfig implements PgqueOptionsFactory, QueueOptionsFactory {
  constructor(@Inject(Config) readonly config: Config) {}

  createPgqueOptions() {
    return { url: this.config.url, ticker: false };
  }

  createQueueOptions() {
    return { create: { maxRetries: 3 } };
  }
}

@Module({ imports: [ConfigModule], providers: [PgqueConfig], exports: [PgqueConfig] })
class PgqueConfigModule {}

test('`forRoot` / `forRootAsync` (useFactory, useClass, useExisting, imports, inject)', async () => {
  const useFactory = async (config: Config) => ({ url: config.url, ticker: false });
  const modules = [
    PgqueModule.forRoot({ url, ticker: false }),
    PgqueModule.forRootAsync({ imports: [ConfigModule], inject: [Config], useFactory }),
    PgqueModule.forRootAsync({ imports: [ConfigModule], useClass: PgqueConfig }),
    PgqueModule.forRootAsync({ imports: [PgqueConfigModule], useExisting: PgqueConfig }),
  ];
  for (const module of modules) {
    const app = await startApp({ imports: [module] });
    const injected: Client = app.get(getPgqueToken());
    expect(await injected.version()).toBe(await client.version());
    await app.close();
    await expect(injected.version()).rejects.toMatchObject({ code: 'client_closed' });
  }
});

test('`registerQueue` / `registerQueueAsync`; named multi-connection', async () => {
  const inject = [Config];
  const imports = [ConfigModule];
  const app = await startApp({
    imports: [
      PgqueModule.forRoot({ url, ticker: false }),
      PgqueModule.forRoot({ name: 'reports', url: reports.url, ticker: false }),
      PgqueModule.registerQueue(
        { queue: 'made', create: true },
        { queue: 'made', connection: 'reports', create: true },
      ),
      PgqueModule.registerQueueAsync(
        { queue: 'by factory', imports, inject, useFactory: (config: Config) => ({ create: config.url === url }) },
        { queue: 'by class', imports, useClass: PgqueConfig },
        { queue: 'by existing', connection: 'reports', imports: [PgqueConfigModule], useExisting: PgqueConfig },
      ),
    ],
  });
  const queueOf = (name: string, connection?: string): PgqueQueue => app.get(getQueueToken(name, connection));
  await queueOf('made').send({ payload: 1 });
  await queueOf('made', 'reports').send({ payload: 2 });
  const last = 'select max(ev_data) as data from pgque.event';
  expect(await database.query(last)).toEqual([{ data: '1' }]);
  expect(await reports.query(last)).toEqual([{ data: '2' }]);
  expect(await client.getQueueConfig('by class')).toMatchObject({ maxRetries: 3 });
  const { client: other } = queueOf('by existing', 'reports');
  expect(await other.getQueueConfig('by existing')).toMatchObject({ maxRetries: 3 });
  expect((await client.getQueueInfo()).map(({ queue }) => queue)).toEqual(['by class', 'by factory', 'made']);
});

test('name handling in async registration is the most repeated config bug (falls back to `default`)', async () => {
  @Injectable()
  class Reporter {
    constructor(
      @InjectPgque('first') readonly first: Client,
      @InjectPgque('second') readonly second: Client,
    ) {}
  }
  const databaseOf = (of: Client) => of.transaction((tx) => tx.query('select current_database()::text as name'));
  const app = await startApp({
    imports: [
      PgqueModule.forRootAsync({ name: 'first', useFactory: () => ({ url, ticker: false }) }),
      PgqueModule.forRootAsync({ name: 'second', useFactory: () => ({ url: reports.url, ticker: false }) }),
    ],
    providers: [Reporter],
  });
  const reporter = app.get(Reporter);
  expect(await databaseOf(reporter.first)).toEqual([{ name: database.name }]);
  expect(await databaseOf(reporter.second)).toEqual([{ name: reports.name }]);
  expect(() => app.get(getPgqueToken())).toThrow();

  const named = { name: 'first', url, ticker: false };
  const failure = await startFailure({ imports: [PgqueModule.forRootAsync({ useFactory: () => named })] });
  expect(failure).toMatchObject({
    code: 'name_in_factory',
    message: expect.stringContaining("forRootAsync({ name: 'first'"),
  });
});

const orders = defineQueue('orders', {
  'order.created': z.object({ order_id: z.number() }),
  'order.paid': z.object({}),
});

/** That the handler has the definition is enough. */
@PgqueConsumer({ queue: 'orders', name: 'billing', startAt: 'earliest' })
class Invoices {
  readonly handled: unknown[] = [];

  @PgqueHandler(orders, 'order.created')
  onCreated({ payload }: { readonly payload: { readonly order_id: number } }): void {
    this.handled.push(payload.order_id);
  }
}

@PgqueConsumer({ queue: 'orders', name: 'billing' })
class Payments {
  readonly handled: unknown[] = [];

  @PgqueHandler(orders, 'order.paid')
  onPaid({ type }: { readonly type: string }): void {
    this.handled.push(type);
  }
}

@PgqueConsumer({ queue: 'orders', name: 'audit', startAt: 'earliest' })
class Audit {
  readonly handled: unknown[] = [];

  @PgqueHandler('*')
  onAny({ type }: { readonly type: string | null }): void {
    this.handled.push(type);
  }
}

@Module({ providers: [Invoices], exports: [Invoices] })
class InvoicesModule {}

@Module({ imports: [InvoicesModule], providers: [Payments, Audit] })
class PaymentsModule {}

@Injectable()
class Shop {
  constructor(@InjectQueue(orders) readonly queue: PgqueQueue<typeof orders>) {}
}

test('`@Processor` class + method decorators, several processors per queue across modules; loss of named processors resented', async () => {
  const app = await startApp({
    imports: [
      PgqueModule.forRoot({ url }),
      PgqueModule.registerQueue({ queue: orders, create: true }),
      InvoicesModule,
      PaymentsModule,
    ],
    providers: [Shop],
  });
  const { queue } = app.get(Shop);
  await queue.sendBatch([
    { type: 'order.created', payload: { order_id: 7 } },
    { type: 'order.paid', payload: {} },
  ]);
  await client.send('orders', { type: 'order.created', payload: { order_id: 'no number' } });
  await waitFor(() => app.get(Audit).handled.length === 3 && app.get(Payments).handled.length === 1);
  await expect.poll(() => client.dlq.inspect('orders')).toMatchObject([{ consumer: 'billing', type: 'order.created' }]);
  expect(app.get(Invoices).handled).toEqual([7]);
  expect(app.get(Payments).handled).toEqual(['order.paid']);
  expect(app.get(Audit).handled).toEqual(['order.created', 'order.paid', 'order.created']);
});

test('`@InjectQueue`, exported token helper for tests', async () => {
  expect(getQueueToken(orders)).toBe(getQueueToken('orders', 'default'));
  expect(getPgqueToken()).toBe(getPgqueToken('default'));
  expect(getQueueToken('orders', 'reports')).not.toBe(getQueueToken('orders'));
  const sent: unknown[] = [];
  const app = await startApp({
    providers: [Shop, { provide: getQueueToken(orders), useValue: { send: (event: unknown) => sent.push(event) } }],
  });
  await app.get(Shop).queue.send({ type: 'order.paid', payload: {} });
  expect(sent).toEqual([{ type: 'order.paid', payload: {} }]);
});

test('a queue that is injected checks what it sends, later or in the transaction of somebody else', async () => {
  const app = await startApp({
    imports: [
      PgqueModule.forRoot({ url, role: 'producer' }),
      PgqueModule.registerQueue({ queue: orders, create: true }),
    ],
    providers: [Shop],
  });
  const { queue } = app.get(Shop);
  const wrong = { type: 'order.created', payload: { order_id: 'seven' as unknown as number } } as const;
  await expect(queue.send(wrong)).rejects.toBeInstanceOf(InvalidPayloadError);
  expect(typeof (await queue.sendAt({ type: 'order.paid', payload: {} }, { delayMs: 60_000 }))).toBe('bigint');
  const sent = async () => (await database.query(`select from pgque.event where ev_data like '%1001%'`)).length;
  const event = { type: 'order.created', payload: { order_id: 1001 } } as const;

  const connection = await database.connect();
  await connection.query('begin');
  await queue.using(connection).send(event);
  await connection.query('rollback');
  const undone = queue.client.transaction(async (tx) => {
    await queue.using(tx).send(event);
    throw new Error('no');
  });
  await expect(undone).rejects.toThrow('no');
  expect(await sent()).toBe(0);
  await queue.client.transaction((tx) => queue.using(tx).sendBatch([event, event]));
  expect(await sent()).toBe(2);
});

test('a module stands on the pool of the application, which stays open when it closes', async () => {
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  const app = await startApp({
    imports: [
      PgqueModule.forRootAsync({ useFactory: () => ({ client: createClient(fromPg(pool)), role: 'producer' }) }),
    ],
  });
  expect(await app.get<symbol, Client>(getPgqueToken()).version()).toBe(await client.version());
  await app.close();
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  await pool.end();
});

test('the engine is installed at the start where the module is told to', async () => {
  const empty = await openTestDatabase({ engine: false });
  const app = await startApp({
    imports: [
      PgqueModule.forRoot({ url: empty.url, install: true }),
      PgqueModule.registerQueue({ queue: orders, create: true }),
    ],
    providers: [Invoices, Payments, Shop],
  });
  await app.get(Shop).queue.send({ type: 'order.created', payload: { order_id: 1 } });
  await waitFor(() => app.get(Invoices).handled.length > 0);
});
