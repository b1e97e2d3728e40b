import { PgqueConsumer, type PgqueContext, PgqueHandler } from '@pgque/nestjs';
import type { Transaction } from 'pgque';
import { orders } from '../orders/orders.queue.ts';

interface Order {
  readonly order_id: string;
  readonly email: string;
  readonly amount: number;
}

/** Invoices: the message, what is written and what is sent are one transaction, so each order has one. */
@PgqueConsumer({ queue: orders, name: 'billing', mode: 'exactly-once', startAt: 'earliest', maxMessages: 20 })
export class BillingConsumer {
  @PgqueHandler(orders, 'order.created')
  async onCreated({ payload }: { readonly payload: Order }, { tx }: PgqueContext<Transaction>): Promise<void> {
    const { order_id, amount } = payload;
    await tx.query('insert into invoices (order_id, amount) values ($1, $2)', [order_id, amount]);
    await tx.send(orders, {
      type: 'order.invoiced',
      payload: { ...payload, invoiced_at: new Date().toISOString() },
    });
  }

  @PgqueHandler(orders, 'order.invoiced')
  onInvoiced(): void {
    // Of its own making.
  }
}
