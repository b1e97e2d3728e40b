import { Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { fixed } from '@pgque/consumer';
import { type Client, connect, type Message } from 'pgque';
import { expect, test } from 'vitest';
import {
  InjectPgque,
  InjectQueue,
  PgqueConsumer,
  type PgqueContext,
  PgqueHandler,
  PgqueModule,
  PgqueModuleError,
  type PgqueQueue,
} from '../src/index.ts';
import { assertNotSent, assertSent, PgqueTestingModule } from '../src/testing/index.ts';
import { openBench } from './start-app.ts';

const { url } = await openBench();
const silent = { log() {}, error() {}, warn() {} };

@Injectable()
class Shop {
  constructor(@InjectQueue('orders') readonly orders: PgqueQueue) {}

  async order(id: number): Promise<void> {
    await this.orders.send({ type: 'order.created', payload: { id } });
  }
}

@PgqueConsumer({ queue: 'orders', name: 'billing', retry: fixed('1h') })
class Billing {
  constructor(@InjectPgque() private readonly client: Client) {}

  @PgqueHandler('order.created')
  async onCreated({ payload, retryCount }: Message, { queue }: PgqueContext): Promise<void> {
    if (retryCount === null) throw new Error('the bank is closed');
    await this.client.send(queue, { type: 'invoice.created', payload });
  }

  @PgqueHandler('invoice.created')
  onInvoiced(): void {}
}

@Module({ imports: [PgqueModule.registerQueue('orders')], providers: [Shop, Billing] })
class ShopModule {}

@Module({
  imports: [
    PgqueModule.forRootAsync({
      useFactory: () => {
        throw new Error('DATABASE_URL is not set');
      },
    }),
    ShopModule,
  ],
})
class AppModule {}

test.for([
  ['of a module', () => Test.createTestingModule({ imports: [PgqueTestingModule.forRoot(), ShopModule] })],
  ['of the whole application', () => PgqueTestingModule.override(Test.createTestingModule({ imports: [AppModule] }))],
] as const)('An override that needs no database connection: %s', async ([, build]) => {
  const module = await build().setLogger(silent).compile();
  const app = await module.init();
  const pgque = PgqueTestingModule.get(app);
  await app.get(Shop).order(42);
  expect(await assertSent(pgque.client, 'orders', { type: 'order.created', payload: { id: 42 } })).toBe(1);
  expect(await pgque.drain()).toBe(1);
  await assertNotSent(pgque.client, 'orders', { type: 'invoice.created' });
  expect(await pgque.drain({ includeDelayed: true })).toBe(2);
  expect(await assertSent(pgque.client, 'orders', { type: 'invoice.created', payload: { id: 42 } })).toBe(1);
  await app.close();
});

test('plus a real-Postgres harness', async () => {
  const client = await connect(url);
  const module = await PgqueTestingModule.override(Test.createTestingModule({ imports: [AppModule] }), {
    client,
  }).compile();
  const app = await module.init();
  const pgque = PgqueTestingModule.get<Client>(app);
  expect(pgque.client).toBe(client);
  await app.get(Shop).order(7);
  await pgque.tick();
  expect(await pgque.drain({ includeDelayed: true })).toBe(3);
  expect(await assertSent(pgque.client, 'orders', { type: 'invoice.created', payload: { id: 7 } })).toBe(1);
  await app.close();
});

test('a connection that was not named keeps its own options, and is refused', async () => {
  const builder = Test.createTestingModule({ imports: [AppModule, PgqueModule.forRoot({ name: 'reports', url })] });
  const compiling = PgqueTestingModule.override(builder).compile();
  await expect(compiling).rejects.toMatchObject({
    code: 'invalid_options',
    message: expect.stringContaining("'reports'"),
  });
});

test('what drains in a test does not touch consumers that run by themselves', async () => {
  const module = await Test.createTestingModule({
    imports: [PgqueModule.forRoot({ url, role: 'producer' })],
  }).compile();
  const app = await module.init();
  expect(() => PgqueTestingModule.get(app)).toThrow(PgqueModuleError);
  await app.close();
});
