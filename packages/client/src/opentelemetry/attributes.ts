import type { Attributes } from '@opentelemetry/api';

// The names of the semantic conventions for messaging; those that begin with pgque are ours.

export const messageId = 'messaging.message.id';
export const messageCount = 'messaging.batch.message_count';
export const eventType = 'pgque.event.type';
export const attemptNumber = 'pgque.attempt';
export const outcomeName = 'pgque.outcome';

/** What every span and every sample says. A consumer with all of its members is a group. */
export function attributesOf(operation: 'send' | 'batch' | 'process', queue: string, consumer?: string): Attributes {
  return {
    'messaging.system.name': 'pgque',
    'messaging.operation.name': operation,
    'messaging.operation.type': operation === 'send' ? 'send' : 'process',
    'messaging.destination.name': queue,
    ...(consumer === undefined ? {} : { 'messaging.consumer.group.name': consumer }),
  };
}
