import { Test } from '@nestjs/testing';
import { PgqueTestingModule } from '@pgque/nestjs/testing';
import { expect, test } from 'vitest';
import { type Mail, MailServer } from '../src/mail/mail-server.ts';
import { MailerConsumer } from '../src/mail/mailer.consumer.ts';
import { orders } from '../src/orders/orders.queue.ts';

test('the mailer tries again, with the same key, and needs no database to be tested', async () => {
  const mails: Mail[] = [];
  const deliver = async (mail: Mail): Promise<void> => {
    mails.push(mail);
    if (mail.attempt === 1) throw new Error('the mail server is busy');
  };
  const module = await Test.createTestingModule({
    imports: [PgqueTestingModule.forRoot()],
    providers: [MailerConsumer, { provide: MailServer, useValue: { deliver } }],
  })
    .setLogger({ log() {}, warn() {}, error() {} })
    .compile();
  const app = await module.init();
  const pgque = PgqueTestingModule.get(app);

  const order = { order_id: '1', email: 'ann@shop.example', amount: 1 };
  const invoiced_at = '2026-11-20T12:00:00Z';
  const idempotencyKey = await pgque.client.send(orders, {
    type: 'order.invoiced',
    payload: { ...order, invoiced_at },
  });
  await pgque.drain({ includeDelayed: true });
  const mail = { recipient: 'ann@shop.example', idempotencyKey };
  expect(mails).toEqual([
    { ...mail, attempt: 1 },
    { ...mail, attempt: 2 },
  ]);
  await app.close();
});
