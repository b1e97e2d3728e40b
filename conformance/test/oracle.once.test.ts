import { closeAtEndOfFile } from '@pgque/testing';
import { expect, test } from 'vitest';
import { vitestServer } from './vitest-server.ts';

// What never comes is not waited for as long as what a busy machine does late.
process.env['PGQUE_CONFORMANCE_PATIENCE_MS'] = '2000';
const { Ledger } = await import('../src/ledger.ts');
const { findViolations } = await import('../src/oracle.ts');
const { caseOf } = await import('../src/scenario.ts');
const { World } = await import('../src/world.ts');

const scenario = caseOf('oracle', { queues: ['orders'], subscriptions: ['orders/billing'] });
const server = vitestServer();

/** A world in which a runtime has been told to consume, and three messages were sent. */
async function open() {
  const world = closeAtEndOfFile(await World.open(server, scenario));
  const ledger = new Ledger();
  ledger.noteCall('main', 'consumer_start', { handle: 'c', queue: 'orders', name: 'billing' });
  const [row] = await world.query(`select pgque.send_batch('orders', array['1', '2', '3']) as ids`);
  await world.tick('orders');
  const ids = ((row?.['ids'] ?? []) as bigint[]).map(String);
  const find = (): Promise<string[]> => findViolations(world, ledger, scenario);
  const receive = async (): Promise<unknown> => {
    const [first] = await world.query(`select batch_id from pgque.receive('orders', 'billing')`);
    return first?.['batch_id'];
  };
  return { world, ledger, ids, find, receive };
}

function enter(ledger: InstanceType<typeof Ledger>, id: string | undefined, how?: string): void {
  const call = `call ${id}`;
  ledger.noteEvent('main', { event: 'handler_enter', handle: 'c', call, message: { msg_id: id, retry_count: null } });
  if (how) ledger.noteEvent('main', { event: 'handler_exit', handle: 'c', call, do: how });
}

test('what is left, and comes to the runner, is no fault', async () => {
  const { find } = await open();
  expect(await find()).toEqual([]);
});

test('what was acknowledged and never delivered is lost', async () => {
  const { world, ledger, ids, find, receive } = await open();
  enter(ledger, ids[0], 'ok');
  await world.query('select pgque.ack($1)', [await receive()]);
  expect(await find()).toEqual([
    `loss: orders/billing: ${ids[1]} was never delivered`,
    `loss: orders/billing: ${ids[2]} was never delivered`,
  ]);
});

test('what was handled and comes again is a repeat', async () => {
  const { ledger, ids, find } = await open();
  enter(ledger, ids[1], 'ok');
  expect(await find()).toEqual([`repeats: orders/billing: ${ids[1]} was handled and comes again`]);
});

test('what was handled twice is a repeat', async () => {
  const { world, ledger, ids, find, receive } = await open();
  for (const id of ids) enter(ledger, id, 'ok');
  enter(ledger, ids[2], 'ok');
  await world.query('select pgque.ack($1)', [await receive()]);
  expect(await find()).toEqual([`repeats: orders/billing: ${ids[2]} was handled 2 times`]);
});

test('what failed and comes again is no fault', async () => {
  const { ledger, ids, find } = await open();
  enter(ledger, ids[0], 'throw');
  expect(await find()).toEqual([]);
});

test('an older message after a newer one is out of order', async () => {
  const { ledger, ids, find } = await open();
  enter(ledger, ids[1]);
  enter(ledger, ids[0]);
  expect(await find()).toEqual([expect.stringMatching(/^disorder: /)]);
});

test('a batch that a runtime has left open is a fault', async () => {
  const { find, receive } = await open();
  await receive();
  expect(await find()).toEqual([expect.stringMatching(/^open_batch: a batch is left open/)]);
});

test('a transaction that is left open is a fault', async () => {
  const { world, find } = await open();
  const left = await world.database.connect();
  await left.query('begin');
  await left.query(`select pgque.send('orders', 'x')`);
  expect(await find()).toEqual([expect.stringMatching(/^sessions: a session is left open: .*idle in transaction/)]);
});

test('a log that does not rotate is a fault', async () => {
  const { world, find } = await open();
  await world.query('create or replace function pgque.maint() returns integer language sql as $$ select 0 $$');
  expect(await find()).toEqual(['rotation: the log of orders does not rotate']);
});

test('what a case announces is no fault', async () => {
  const { world, ledger, ids } = await open();
  enter(ledger, ids[1], 'ok');
  expect(await findViolations(world, ledger, { ...scenario, announces: ['repeats'] })).toEqual([]);
});
