// A driver that is wrong in the way that its argument says: the suite is tested with it.
import type { Client, Message } from 'pgque';
import { consumerOps } from '../kit/consumer-ops.ts';
import { ScriptedHandlers } from '../kit/scripted-handlers.ts';
import type { Ops } from '../kit/serve.ts';
import { serveClient } from '../kit/serve-client.ts';
import type { Mutation } from './mutations.ts';
import { NaiveConsumer } from './naive-consumer.ts';

const mutation = process.argv[2] as Mutation;
const handlers = new ScriptedHandlers({ retryAfter: () => new Error('later'), dead: () => new Error('dead') });

/** The ops that a mutant has of its own. */
function wrongOps(current: () => Client): Ops {
  if (mutation === 'rounds-ids-to-doubles') {
    return {
      receive: async ({ queue, consumer, maxMessages }: { queue: string; consumer: string; maxMessages?: number }) =>
        (await current().receive(queue, consumer, maxMessages)).map(round),
    };
  }
  if (mutation === 'sends-a-truncated-batch') {
    return {
      send_batch: async ({ queue, events }: { queue: string; events: { type: string; payload: unknown }[] }) => {
        const ids = await current().sendBatch(queue, events.slice(0, 100));
        return events.map((_, at) => ids[Math.min(at, 99)]);
      },
    };
  }
  return {};
}

function round(message: Message): Message {
  return { ...message, msgId: BigInt(Number(message.msgId)), batchId: BigInt(Number(message.batchId)) };
}

serveClient(`mutant ${mutation}`, undefined, (current) => {
  const { ops, stop } = consumerOps(
    (args) =>
      new NaiveConsumer(current(), args, mutation, (message, signal) =>
        handlers.handle({ handle: args.handle, message, signal }),
      ),
  );
  const capabilities = ['consumer', 'members'];
  return { capabilities, ops: { ...ops, ...handlers.ops, ...wrongOps(current) }, stop };
});
