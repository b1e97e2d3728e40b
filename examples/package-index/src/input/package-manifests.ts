import { type Dirent, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { InputItem } from './input-item.ts';
import type { InputSource } from './input-source.ts';
import { readJsonText } from './json-text.ts';

const defaultFolder = fileURLToPath(new URL('../../../../node_modules/', import.meta.url));

/** One event `package.indexed` for every real package.json below node_modules; links are not followed. */
export function packageManifests(folder = defaultFolder): InputSource {
  const paths = [...manifestsBelow(folder)];
  let filesRead = 0;
  return {
    name: `${paths.length.toLocaleString('en')} package.json below node_modules`,
    fractionRead: () => (paths.length === 0 ? 1 : filesRead / paths.length),
    async *read(signal) {
      for (const path of paths) {
        if (signal.aborted) return;
        yield await manifestEvent(path, relative(folder, path));
        filesRead += 1;
      }
    },
  };
}

function* manifestsBelow(folder: string): Generator<string> {
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* manifestsBelow(path);
    else if (entry.isFile() && entry.name === 'package.json') yield path;
  }
}

function entriesOf(folder: string): Dirent[] {
  return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The manifest goes into the payload as it is written. */
async function manifestEvent(path: string, name: string): Promise<InputItem> {
  const json = await readFile(path).then(
    (bytes) => readJsonText(bytes, true),
    (error: Error) => ({ problem: `cannot be read: ${error.message}` }),
  );
  if (json === undefined) return { place: name, problem: 'is empty' };
  if ('problem' in json) return { place: name, problem: json.problem };
  return { type: 'package.indexed', payload: `{"path":${JSON.stringify(name)},"manifest":${json.text}}` };
}
