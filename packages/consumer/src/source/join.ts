import { type Client, ConsumerIsCooperativeError, ConsumerNotRegisteredError } from 'pgque';

export type StartAt = 'latest' | 'earliest' | Date;

/** Makes sure that a consumer without members is subscribed and can be read. */
export async function joinAlone(
  client: Client,
  queue: string,
  name: string,
  startAt: StartAt | undefined,
): Promise<void> {
  const consumers = await requireSubscription(client, queue, name, startAt);
  if (!consumers.some((consumer) => consumer.startsWith(`${name}.`))) return;
  throw new ConsumerIsCooperativeError('consumer_is_cooperative', `consumer is cooperative: ${queue}, ${name}`, {
    hint: "It has members: start this one with members: 'auto' too, or let the last of them unregister.",
  });
}

/** Subscribes when it is said where to begin; else the subscription must be there. Answers the names of the queue's consumers. */
export async function requireSubscription(
  client: Client,
  queue: string,
  name: string,
  startAt: StartAt | undefined,
): Promise<string[]> {
  // Raises when there is no such queue.
  await client.getQueueConfig(queue);
  const consumers = (await client.consumerStats(queue)).map(({ consumer }) => consumer);
  if (consumers.includes(name)) return consumers;
  if (startAt === undefined) {
    throw new ConsumerNotRegisteredError('consumer_not_registered', `consumer not registered: ${queue}, ${name}`, {
      hint: "Say where it begins, startAt: 'latest' or 'earliest', or subscribe it with client.subscribe(queue, consumer).",
    });
  }
  await client.subscribe(queue, name, startAt);
  return [...consumers, name];
}
