// The driver of `@pgque/coop-pool`: pools of one thread.
import { BroadcastChannel } from 'node:worker_threads';
import { createPool, type Pool } from '@pgque/coop-pool';
import type { Client } from 'pgque';
import { type ConsumerArgs, consumerOps } from '../kit/consumer-ops.ts';
import { given, toConsumerOptions } from '../kit/consumer-options.ts';
import type { Instruction } from '../kit/perform.ts';
import { emit } from '../kit/serve.ts';
import { serveClient } from '../kit/serve-client.ts';
import { channelName, type ThreadAnswer, type ThreadEvent, type ThreadSetting } from './channel.ts';

const channel = new BroadcastChannel(channelName);
channel.onmessage = ({ data }) => {
  const { event, fields } = data as ThreadEvent;
  emit(event, fields);
};

function create(client: Client, args: ConsumerArgs): Pool {
  const { handle, types = ['*'] } = args;
  const { mode: _, members: member, ...options } = toConsumerOptions(args);
  const workerData: ThreadSetting = { handle, types };
  const handlers = new URL('handlers.ts', import.meta.url);
  return createPool(client, { ...options, ...given({ member }), threads: 1, handlers, workerData });
}

function answer({ call, ...instruction }: { call: string } & Instruction): void {
  const message: ThreadAnswer = { call, instruction };
  // The answer to this command comes first.
  setImmediate(() => channel.postMessage(message));
}

serveClient(
  'coop-pool',
  undefined,
  (current) => {
    const { ops, stop } = consumerOps((args) => create(current(), args));
    return {
      capabilities: [
        'consumer',
        'members',
        'busy_handlers',
        'concurrency',
        'order_by',
        'lost_threads',
        'abort_signal',
        'listen',
        'pooled',
      ],
      ops: { ...ops, answer },
      stop,
    };
  },
  ['produce'],
);
