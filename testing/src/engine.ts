import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { connectClient } from './test-client.ts';

const engineFile = new URL('../../sql/pgque.sql', import.meta.url);

/** Installs the engine as its users do: the one SQL file, run as a whole. */
export async function installEngine(databaseUrl: string): Promise<void> {
  if (!existsSync(engineFile)) return;
  const client = await connectClient(databaseUrl);
  try {
    await client.query(await readFile(engineFile, 'utf8'));
  } finally {
    await client.end();
  }
}
