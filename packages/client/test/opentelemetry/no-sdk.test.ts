import { expect, test } from 'vitest';
import { openTelemetry } from '../../src/opentelemetry/index.ts';
import { openTestClient } from '../open-test-client.ts';
import { openBatch } from '../tick.ts';

const instrumentation = openTelemetry();
const { client } = await openTestClient({ instrumentation });

test('without an SDK events carry nothing, and the work is done all the same', async () => {
  const { messages } = await openBatch(client, 'orders', [1]);
  const [message] = messages;
  expect(message?.extra1).toBeNull();
  const place = { queue: 'orders', consumer: 'processor' };
  const result = await instrumentation.batch({ ...place, messages }, () =>
    instrumentation.attempt({ ...place, message: message ?? expect.fail(), attempt: 1 }, async () => ({
      outcome: 'ack',
    })),
  );
  expect(result).toEqual({ outcome: 'ack' });
});
