import { nameOf, PermissionDeniedError, QueueNotFoundError } from 'pgque';
import type { Connection } from '../connection/connection.ts';
import { PgqueModuleError } from '../pgque-module-error.ts';
import { PgqueQueue } from './pgque-queue.ts';
import type { QueueOptions, QueueRegistration } from './queue-options.ts';

/** Makes the queue if it may, and rejects when there is none: at the start rather than at the first event. */
export async function openQueue(
  connection: Connection | undefined,
  registration: QueueRegistration & { readonly connection: string },
  { create = false }: QueueOptions = {},
): Promise<PgqueQueue> {
  const { queue } = registration;
  const name = nameOf(queue);
  if (!connection) {
    throw new PgqueModuleError(
      'unknown_connection',
      `queue ${name} is registered with the connection '${registration.connection}', which is not there: add ` +
        `PgqueModule.forRoot({ name: '${registration.connection}', … }) to the root module`,
    );
  }
  const { client, isManual } = connection;
  if (create || isManual) await client.createQueue(name, typeof create === 'object' ? create : {});
  else await requireQueue(connection, name);
  return new PgqueQueue(client, queue as string);
}

async function requireQueue({ client, name: connection }: Connection, queue: string): Promise<void> {
  try {
    await client.getQueueConfig(queue);
  } catch (error) {
    // A role that may only send finds out when it sends.
    if (error instanceof PermissionDeniedError) return;
    if (error instanceof QueueNotFoundError)
      throw queueNotFound(`PgqueModule.registerQueue()`, queue, connection, error);
    throw error;
  }
}

/** For a class or a registration that names a queue which does not exist. */
export function queueNotFound(whoever: string, queue: string, connection: string, cause: unknown): PgqueModuleError {
  return new PgqueModuleError(
    'queue_not_found',
    `${whoever} names the queue '${queue}', which the database of the connection '${connection}' does not have: create it ` +
      `in a migration, or here with PgqueModule.registerQueue({ queue: '${queue}', create: true })`,
    { cause },
  );
}
