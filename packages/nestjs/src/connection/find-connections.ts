import type { ModulesContainer } from '@nestjs/core';
import { Connection } from './connection.ts';

/** The connections of the application that are open by now. */
export function findConnections(modules: ModulesContainer): Connection[] {
  return [...modules.values()]
    .flatMap(({ providers }) => [...providers.values()])
    .filter(({ isAlias }) => !isAlias)
    .map(({ instance }): unknown => instance)
    .filter((instance) => instance instanceof Connection);
}

/** When the application does not start: nobody else would, and open connections keep its process alive. */
export async function closeConnections(connections: readonly Connection[]): Promise<void> {
  await Promise.allSettled(connections.map(({ client }) => client.close()));
}
