import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { waitFor } from '@pgque/consumer/testing';
import { openTestDatabase } from '@pgque/testing';
import type { Message } from 'pgque';
import { expect, test } from 'vitest';
import { InjectQueue, PgqueConsumer, PgqueHandler, PgqueModule, type PgqueQueue } from '../src/index.ts';

const database = await openTestDatabase();

@Injectable()
class Shop {
  constructor(@InjectQueue('orders') readonly orders: PgqueQueue) {}
}

@PgqueConsumer({ queue: 'orders', name: 'billing', startAt: 'earliest' })
class Billing {
  readonly payloads: unknown[] = [];

  @PgqueHandler('order.created')
  onCreated({ payload }: Message): void {
    this.payloads.push(payload);
  }
}

@Module({
  imports: [PgqueModule.forRoot({ url: database.url }), PgqueModule.registerQueue({ queue: 'orders', create: true })],
  providers: [Shop, Billing],
})
class ShopModule {}

test('an application sends what another part of it consumes, with nothing but the module', async () => {
  const app = await NestFactory.createApplicationContext(ShopModule, { logger: ['warn', 'error'] });
  await app.get(Shop).orders.send({ type: 'order.created', payload: { order_id: 42 } });
  const { payloads } = app.get(Billing);
  await waitFor(() => payloads.length > 0);
  expect(payloads).toEqual([{ order_id: 42 }]);
  await app.close();
});
