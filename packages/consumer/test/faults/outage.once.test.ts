import { openPrivateServer } from '@pgque/testing';
import { connect } from 'pgque';
import { expect, test } from 'vitest';
import { createConsumer } from '../../src/index.ts';
import { LogBook } from '../log-book.ts';
import { openQueue } from '../open-bench.ts';

const { server, database } = await openPrivateServer({ durable: true });
const deadIntervalMs = 1000;
const perBatch = 3;

test('what members have handled is handled once, though the server was away for longer than deadInterval', async () => {
  await using client = await connect({ url: database.url, logger: new LogBook() });
  const payloads = Array.from({ length: 4 * perBatch }, (_, index) => index);
  await openQueue(client, 'away', payloads);
  const isAway = Promise.withResolvers<void>();
  const handled: unknown[] = [];
  let running = 0;
  const members = payloads.slice(0, 4).map(() =>
    createConsumer(client, {
      queue: 'away',
      name: 'worker',
      members: 'auto',
      maxMessages: perBatch,
      concurrency: perBatch,
      deadInterval: deadIntervalMs,
      pollInterval: '20ms',
    }).on('*', async ({ payload }) => {
      running += 1;
      await isAway.promise;
      handled.push(payload);
    }),
  );
  for (const member of members) await member.start();
  await expect.poll(() => running).toBe(payloads.length);
  await server.kill('SIGKILL');
  isAway.resolve();
  const silences = () => members.map((member) => Date.now() - Number(member.health().lastAnswerAt));
  await expect.poll(() => Math.min(...silences()), { timeout: 20_000 }).toBeGreaterThan(3 * deadIntervalMs);
  await server.start();
  const acked = () => members.reduce((sum, member) => sum + member.health().acked, 0);
  await expect.poll(acked, { timeout: 20_000 }).toBe(payloads.length);
  expect(handled.toSorted()).toEqual(payloads.toSorted());
  for (const member of members) await member.stop();
}, 60_000);
