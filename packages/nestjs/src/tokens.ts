import { nameOf, type QueueName } from 'pgque';

export const defaultConnection = 'default';

/**
 * The token of a client, for `overrideProvider()`, factories and `app.get()`. Nest shows it where something is missing, so it
 * says what to import.
 */
export function getPgqueToken(name: string = defaultConnection): symbol {
  return Symbol.for(`the client of PgqueModule.forRoot({ name: '${name}' })`);
}

/** The token of a queue. */
export function getQueueToken(queue: QueueName, connection: string = defaultConnection): symbol {
  return Symbol.for(`PgqueModule.registerQueue({ queue: '${nameOf(queue)}', connection: '${connection}' })`);
}

/** The token of what a client belongs to: its role, its ticker. For the testing module. */
export function connectionToken(name: string): symbol {
  return Symbol.for(`PgqueModule.forRoot({ name: '${name}' })`);
}
