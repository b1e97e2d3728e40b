import { closeAtEndOfFile } from '@pgque/testing';
import { expect, test } from 'vitest';
import { loadClients } from '../src/clients.ts';
import { type Party, runInterop } from '../src/interop.ts';
import { ClientDrivers } from '../src/run-client.ts';
import { vitestServer } from './vitest-server.ts';

const parties: Party[] = [];
for (const client of loadClients()) {
  const command = await client.prepare();
  // One that cannot run is told of where its own cases are.
  if (command) parties.push({ client, drivers: closeAtEndOfFile(new ClientDrivers(command)) });
}

test('every consumer gets what every producer has sent', { timeout: 180_000 }, async () => {
  const results = await runInterop(parties, vitestServer());
  expect(results).toHaveLength(parties.length ** 2);
  expect(results.filter(({ status }) => status !== 'passed')).toEqual([]);
});
