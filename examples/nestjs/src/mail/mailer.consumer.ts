import { UseFilters } from '@nestjs/common';
import { exponential } from '@pgque/consumer';
import { PgqueConsumer, type PgqueContext, PgqueHandler } from '@pgque/nestjs';
import { orders } from '../orders/orders.queue.ts';
import { MailServer } from './mail-server.ts';
import { UnknownMailboxFilter } from './unknown-mailbox.filter.ts';

interface Invoiced {
  readonly msgId: bigint;
  readonly retryCount: number | null;
  readonly payload: { readonly email: string; readonly invoiced_at: Date };
}

/** Mails: slow, outside a transaction, several at once. */
@PgqueConsumer({
  queue: orders,
  name: 'mailer',
  startAt: 'earliest',
  concurrency: 5,
  retry: exponential({ base: '200ms', max: '1m', maxAttempts: 5 }),
  handlerTimeout: '30s',
  unknownHandlerPolicy: 'ack',
})
@UseFilters(UnknownMailboxFilter)
export class MailerConsumer {
  constructor(private readonly mailServer: MailServer) {}

  @PgqueHandler(orders, 'order.invoiced')
  async onInvoiced({ msgId, retryCount, payload }: Invoiced, { signal }: PgqueContext): Promise<void> {
    const mail = { recipient: payload.email, attempt: (retryCount ?? 0) + 1, idempotencyKey: msgId };
    await this.mailServer.deliver(mail, signal);
  }
}
