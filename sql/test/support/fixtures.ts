import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('../upgrade/fixtures/', import.meta.url);

/** A version that was released, as it was. */
export interface Fixture {
  readonly version: string;
  readonly script: string;
}

export const fixtures: readonly Fixture[] = readdirSync(folder)
  .sort()
  .map((file) => ({
    version: file.replace(/^pgque-|\.sql$/g, ''),
    script: readFileSync(new URL(file, folder), 'utf8'),
  }));
