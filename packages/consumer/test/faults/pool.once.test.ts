import { closeAtEndOfFile, openTestDatabase } from '@pgque/testing';
import { type Client, type ConnectOptions, connect } from 'pgque';
import { afterAll, expect, test } from 'vitest';
import { createConsumer, createTicker, fixed } from '../../src/index.ts';
import { LogBook } from '../log-book.ts';
import { eventCount, Ledger, patienceMs } from './ledger.ts';
import { record } from './record.ts';

const database = await openTestDatabase();
const clock = await connect(database.url);
afterAll(() => clock.close());
const ticker = createTicker(clock);
await ticker.start();
afterAll(() => ticker.stop());

async function openClient(options: ConnectOptions): Promise<Client> {
  return closeAtEndOfFile(await connect({ url: database.url, logger: new LogBook(), ...options }));
}

const names = Array.from({ length: 10 }, (_, index) => `consumer ${index}`);

/** Ten of each: each handler sends an event of its own, on the client or in its transaction. */
test.each([
  ['outside of transactions', 1],
  ['outside of transactions', 2],
  ['exactly once', 1],
  ['exactly once', 2],
] as const)(
  'ten consumers that work %s, and what their handlers send, get along with %i connections',
  async (how, connections) => {
    const queue = `${how} ${connections}`;
    const ledger = await Ledger.open(database, queue, names);
    const client = await openClient({ maxConnections: connections });
    const answers = `answers to ${queue}`;
    await client.createQueue(answers);
    await client.subscribe(answers, 'reader');
    const running = names.map((name, index) => {
      const options =
        how === 'exactly once' ? { mode: 'exactly-once' as const } : index % 2 === 0 ? {} : { members: 'auto' };
      return createConsumer(client, { queue, name, retry: fixed('10ms'), ...options }).on(
        '*',
        async (message, { tx }) => {
          await (tx ?? client).send(answers, { payload: message.payload });
          await record(tx ?? client, { consumer: name, process: 'only' }, queue, [message]);
        },
      );
    });
    await Promise.all(running.map((consumer) => consumer.start()));
    await ledger.send(eventCount / 20);
    for (const name of names) expect(await ledger.settled(name)).toMatchObject({ sent: eventCount / 20, repeated: 0 });
    await Promise.all(running.map((consumer) => consumer.stop()));
    const pendingEvents = (eventCount / 20) * names.length;
    expect(await client.getConsumerInfo(answers, 'reader')).toMatchObject([{ pendingEvents }]);
  },
  patienceMs,
);

test(
  'exactly once: a handler that wants a second connection and gets none fails in time, and the others go on',
  async () => {
    const ledger = await Ledger.open(database, 'starved', ['exact']);
    const client = await openClient({ maxConnections: 1, connectTimeoutMs: 1000 });
    await ledger.send(3);
    let failures = 0;
    const consumer = createConsumer(client, {
      queue: 'starved',
      name: 'exact',
      mode: 'exactly-once',
      retry: fixed('10ms'),
    });
    consumer.on('*', async (message, { tx }) => {
      if (message.payload === 0 && message.retryCount === null) {
        failures += 1;
        await client.send('starved', { payload: 'from outside' });
      }
      await record(tx, { consumer: 'exact', process: 'only' }, 'starved', [message]);
    });
    await consumer.start();
    expect(await ledger.settled('exact')).toMatchObject({ sent: 3, repeated: 0 });
    expect(failures).toBe(1);
    await consumer.stop();
  },
  patienceMs,
);
