import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

/** The SQL of the engine: in the published package beside this file, in the repository from its own package. */
export async function readEngineFile(): Promise<string> {
  const published = new URL('./pgque.sql', import.meta.url);
  if (existsSync(published)) return await readFile(published, 'utf8');
  return await readFile(createRequire(import.meta.url).resolve('@pgque/sql/pgque.sql'), 'utf8');
}
