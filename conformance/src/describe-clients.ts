import { type ClientEntry, loadClients } from './clients.ts';
import type { DescribedClient } from './matrix.ts';
import { ClientDrivers } from './run-client.ts';

/** What each driver says of itself; those whose toolchain is missing are named apart. */
export async function describeClients(): Promise<{ described: DescribedClient[]; missing: ClientEntry[] }> {
  const described: DescribedClient[] = [];
  const missing: ClientEntry[] = [];
  for (const client of loadClients()) {
    const command = await client.prepare();
    if (!command) {
      missing.push(client);
      continue;
    }
    await using drivers = new ClientDrivers(command);
    described.push({ client, hello: await drivers.hello() });
  }
  return { described, missing };
}
