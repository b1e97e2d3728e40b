import { Inject } from '@nestjs/common';
import type { QueueName } from 'pgque';
import { getQueueToken } from '../tokens.ts';

/** A queue that the module has registered: `constructor(@InjectQueue(orders) readonly orders: PgqueQueue<typeof orders>)`. */
export function InjectQueue(queue: QueueName, connection?: string): PropertyDecorator & ParameterDecorator {
  return Inject(getQueueToken(queue, connection));
}
