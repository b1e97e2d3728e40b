import { HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { openProxy, openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { passTime } from '../../../sql/test/support/pass-time.ts';
import { PgqueConsumer, PgqueHandler, PgqueHealthIndicator, PgqueModule } from '../src/index.ts';
import { openBench, startApp } from './start-app.ts';

const { url, client } = await openBench();
await client.createQueue('orders');

@PgqueConsumer({ queue: 'orders', name: 'billing', startAt: 'earliest' })
class Billing {
  @PgqueHandler('*')
  onAny(): void {}
}

test('Health: nest-bull terminus package', async () => {
  const proxy = await openProxy(url);
  const app = await startApp({
    imports: [
      TerminusModule.forRoot({ logger: false }),
      PgqueModule.forRoot({ url: proxy.url }),
      PgqueModule.forRoot({ name: 'reports', url, role: 'producer' }),
    ],
    providers: [Billing],
  });
  const terminus = app.get(HealthCheckService);
  const pgque = app.get(PgqueHealthIndicator);
  const check = async (): Promise<unknown> => {
    try {
      return await terminus.check([() => pgque.check('queues', { timeoutMs: 500 })]);
    } catch (error) {
      return (error as { getResponse(): unknown }).getResponse();
    }
  };
  await expect.poll(check).toMatchObject({
    status: 'ok',
    info: {
      queues: {
        connections: {
          default: { role: 'both', ticker: 'leading', consumers: { 'orders/billing': { state: 'waiting', dead: 0 } } },
          reports: { role: 'producer', consumers: {} },
        },
      },
    },
  });
  expect(await pgque.check()).not.toHaveProperty('pgque.reasons');

  // Nothing is refused, nothing answers.
  proxy.stall();
  const down = await check();
  expect(down).toMatchObject({ status: 'error', error: { queues: { status: 'down', reasons: expect.any(Array) } } });
  expect(JSON.stringify(down)).toContain("connection 'default': the server does not answer: not within 500 ms");
  expect(await pgque.check('reports', { connection: 'reports' })).toMatchObject({ reports: { status: 'up' } });

  proxy.resume();
  proxy.cut();
  await expect.poll(check).toMatchObject({ status: 'ok' });

  await app.close();
  expect(await pgque.check()).toMatchObject({ pgque: { status: 'down' } });
});

test('a consumer that nobody ticks is not healthy, and neither is a connection that is not there', async () => {
  const own = await openTestDatabase();

  @PgqueConsumer({ queue: 'orders', name: 'waiting', startAt: 'earliest' })
  class Waiting {
    @PgqueHandler('*')
    onAny(): void {}
  }

  await own.query(`select pgque.create_queue('orders')`);
  await passTime(own, '1 hour');
  const app = await startApp({ imports: [PgqueModule.forRoot({ url: own.url, ticker: false })], providers: [Waiting] });
  const pgque = app.get(PgqueHealthIndicator);
  await expect
    .poll(() => pgque.check())
    .toMatchObject({
      pgque: {
        status: 'down',
        reasons: ["connection 'default': consumer waiting of queue orders waits for a tick: nobody ticks its queue"],
      },
    });
  expect(await pgque.check('pgque', { connection: 'reports' })).toMatchObject({
    pgque: { status: 'down', reasons: ["there is no connection 'reports'"] },
  });
});
