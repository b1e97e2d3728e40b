import { closeAtEndOfFile, openProxy, openTestDatabase } from '@pgque/testing';
import { connect } from 'pgque';
import { expect, test } from 'vitest';
import { buildShop, Shop } from './start-shop.ts';

await buildShop();
const database = await openTestDatabase({ engine: false });
const shop = await Shop.start(database.url);
const client = closeAtEndOfFile(await connect(database.url));

test('an order gets its invoice and its mail', async () => {
  const order = { reference: 'first', email: 'ann@shop.example', amount: 12.5 };
  const placed = await shop.request('POST', '/orders', order);
  expect(placed).toEqual({ status: 201, body: { order_id: '1' } });
  await expect.poll(() => shop.get('/orders/1')).toEqual({ order_id: '1', ...order, amount: '12.5', invoices: 1 });
  const mails = () => database.query('select recipient, attempt from mails');
  await expect.poll(mails).toEqual([{ recipient: 'ann@shop.example', attempt: 1 }]);
});

test('an order that is not stored sends nothing', async () => {
  const again = { reference: 'first', email: 'bob@shop.example', amount: 1 };
  expect(await shop.request('POST', '/orders', again)).toMatchObject({ status: 409 });
  expect(await shop.request('POST', '/orders', { ...again, amount: 'much' })).toMatchObject({ status: 400 });
  const sent = await database.query(`select count(*)::int as count from pgque.event where ev_data like '%bob@%'`);
  expect(sent).toEqual([{ count: 0 }]);
});

test('a mail is tried again; one that cannot be delivered is a dead letter, until it is replayed', async () => {
  for (const email of ['carl@busy.example', 'dora@nowhere.example']) {
    await shop.request('POST', '/orders', { reference: email, email, amount: 3 });
  }
  const busy = () => database.query(`select attempt from mails where recipient = 'carl@busy.example'`);
  await expect.poll(busy).toEqual([{ attempt: 2 }]);
  const dead = { consumer: 'mailer', type: 'order.invoiced', reason: 'no mailbox dora@nowhere.example' };
  const letters = async () => (await shop.get('/dead-letters')) as { id: string }[];
  await expect.poll(letters).toMatchObject([dead]);
  const [first] = await letters();
  expect(await shop.request('POST', `/dead-letters/${first?.id}/replay`)).toMatchObject({ status: 204 });
  await expect.poll(async () => (await letters()).map(({ id }) => id === first?.id)).toEqual([false]);
});

test('thumbnails are made in threads, while the process answers', async () => {
  expect(await shop.request('PUT', '/images/one', { pixels: 'black and white' })).toMatchObject({ status: 202 });
  await expect.poll(() => shop.get('/images/one')).toEqual({ digest: expect.stringMatching(/^[0-9a-f]{64}$/) });
});

test('a trace leads from the request that sends to the attempts that handle', async () => {
  const sent = shop.spans.find(({ span }) => span === 'send orders') ?? expect.fail();
  // Each attempt is a trace of its own, with a link to the one in which its message was sent.
  const attemptAt = (trace = '') =>
    shop.spans.find(({ span, links }) => span === 'process orders' && links.includes(trace));
  await expect.poll(() => attemptAt(attemptAt(sent.trace)?.trace)).toBeDefined();
  const billing = attemptAt(sent.trace);
  const mailer = attemptAt(billing?.trace);
  expect(new Set([sent.trace, billing?.trace, mailer?.trace]).size).toBe(3);
});

test('readiness follows the database, liveness does not', async () => {
  const proxy = await openProxy(database.url);
  const own = await Shop.start(proxy.url);
  const ready = () => own.request('GET', '/health/ready');
  await expect.poll(ready).toMatchObject({
    status: 200,
    body: {
      status: 'ok',
      info: { queues: { connections: { default: { role: 'both' } } }, images: { state: 'working' } },
    },
  });
  proxy.stall();
  await expect.poll(ready).toMatchObject({ status: 503, body: { error: { queues: { status: 'down' } } } });
  expect(await own.request('GET', '/health/live')).toMatchObject({ status: 200 });
  proxy.resume();
  proxy.cut();
  await expect.poll(ready, { timeout: 20_000 }).toMatchObject({ status: 200 });
  expect(await own.end()).toBe('SIGTERM');
});

test('an API and a worker from one code base: each order is invoiced once, whatever is killed', async () => {
  await shop.end();
  const api = await Shop.start(database.url, { role: 'producer' });
  const orders = Array.from({ length: 60 }, (_, number) => ({
    reference: `bulk ${number}`,
    email: `customer-${number}@shop.example`,
    amount: 1,
  }));
  const placing = Promise.all(orders.map((order) => api.request('POST', '/orders', order)));
  const invoiced = async () =>
    (await database.query<{ count: number }>('select count(*)::int as count from invoices'))[0]?.count ?? 0;
  const before = await invoiced();
  const killed = await Shop.start(database.url, { role: 'worker' });
  await expect.poll(invoiced, { interval: 1 }).toBeGreaterThan(before);
  expect(await killed.end('SIGKILL')).toBe('SIGKILL');
  expect((await placing).map(({ status }) => status)).toEqual(orders.map(() => 201));

  const worker = await Shop.start(database.url, { role: 'worker' });
  const bulk = `from orders o join invoices i using (order_id) where o.reference like 'bulk %'`;
  const counts = () =>
    database.query(`select count(*)::int as all, count(distinct order_id)::int as different ${bulk}`);
  await expect.poll(counts, { timeout: 20_000 }).toEqual([{ all: 60, different: 60 }]);
  // Ended in the midst of the mails: what is begun is finished, and nothing stays open.
  expect(await worker.end()).toBe('SIGTERM');
  const openBatches = (await client.getConsumerInfo()).filter(({ currentBatchId }) => currentBatchId !== null);
  expect(openBatches).toEqual([]);

  const last = await Shop.start(database.url, { role: 'worker' });
  const mails = `select count(*)::int as count from mails where recipient like 'customer-%'`;
  await expect.poll(() => database.query(mails), { timeout: 20_000 }).toEqual([{ count: 60 }]);
  expect(await last.end()).toBe('SIGTERM');
  expect(await api.end()).toBe('SIGTERM');
  for (const process of [shop, api, worker, last])
    expect(process.said).not.toMatch(/WARN|ERROR \[(?!ExceptionsHandler)/);
});
