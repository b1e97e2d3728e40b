import type { Client } from 'pgque';
import { Consumer } from './consumer.ts';
import type { ConsumerOptions, Mode } from './consumer-options.ts';
import type { AnyQueue } from './typed-queue.ts';

/** A consumer of a queue, with its handlers still to come: `createConsumer(client, { queue: 'orders', name: 'billing' })`. */
export function createConsumer<const Queue extends AnyQueue, M extends Mode = 'at-least-once', Native = unknown>(
  client: Client<Native>,
  options: ConsumerOptions<Queue, M>,
): Consumer<Queue, M, Native> {
  return new Consumer(client, options);
}
