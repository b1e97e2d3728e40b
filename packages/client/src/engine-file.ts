import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

/** Which engine it is. */
export interface EngineVersion {
  /** As `version()` returns it. */
  readonly version: string;
  /** How many migrations its tables have behind them. */
  readonly schemaVersion: number;
}

/** The SQL of the engine: in the published package beside this file, in the repository from its own package. */
export async function readEngineFile(): Promise<{ readonly script: string; readonly version: EngineVersion }> {
  const published = new URL('./pgque.sql', import.meta.url);
  const file = existsSync(published) ? published : createRequire(import.meta.url).resolve('@pgque/sql/pgque.sql');
  const script = await readFile(file, 'utf8');
  const [, version = '', schemaVersion] = /^-- Version (\S+), schema version (\d+)$/m.exec(script) ?? [];
  return { script, version: { version, schemaVersion: Number(schemaVersion) } };
}
