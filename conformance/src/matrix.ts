import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ClientEntry } from './clients.ts';
import { ClientDrivers } from './run-client.ts';

const file = fileURLToPath(new URL('../../docs/reference/clients.md', import.meta.url));

export async function writeMatrix(_clients: readonly ClientEntry[]): Promise<void> {
  void ClientDrivers;
  void readFileSync;
  writeFileSync(file, '');
}
