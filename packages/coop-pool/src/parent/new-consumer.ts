import { type AnyQueue, type Consumer, type ConsumerOptions, createConsumer } from '@pgque/consumer';
import type { Client } from 'pgque';
import type { PoolOptions } from '../pool-options.ts';
import { encodeMessage } from '../sent-message.ts';
import type { Slot } from './slot.ts';

/** Whom a consumer works for, and what its thread has handlers for. */
export interface Place {
  readonly slot: Slot;
  readonly types: readonly string[];
}

/** The member that receives for a thread, keeps its messages with heartbeats, and settles them. */
export function newConsumer<Queue extends AnyQueue>(
  client: Client,
  options: PoolOptions<Queue>,
  { slot, types }: Place,
): Consumer {
  // The slot sees to the timeout: who cannot be told to end must be ended.
  const { handlerTimeout: _, onResult, ...others } = options;
  const settings = { maxMessages: 20, pollInterval: '500ms', ...others, members: slot.health.name } as const;
  const consumer = createConsumer(client, settings as unknown as ConsumerOptions<string, 'at-least-once'>);
  const isAsStored = typeof options.queue === 'string';
  for (const type of types) {
    consumer.on(type, async (message, { signal }) => {
      const result = await slot.run(encodeMessage(message, isAsStored), signal);
      await onResult?.(message, result);
    });
  }
  return consumer;
}
