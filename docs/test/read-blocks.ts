import { readdirSync, readFileSync } from 'node:fs';

/** A block of code of a page. */
export interface Block {
  readonly page: string;
  readonly line: number;
  readonly language: string;
  readonly code: string;
  /** Why the tests do not run it. */
  readonly notRunBecause: string | undefined;
}

const docs = new URL('../', import.meta.url);
const generated = new Set(['reference/functions.md', 'reference/errors.md', 'reference/clients.md', 'benchmarks.md']);

/** Pages of the site that people write, by their path in docs/. */
export function readPages(): string[] {
  return (readdirSync(docs, { recursive: true }) as string[])
    .filter((path) => path.endsWith('.md') && !path.includes('node_modules') && !path.startsWith('.'))
    .filter((path) => !generated.has(path))
    .sort();
}

export function readBlocks(page: string): Block[] {
  const text = readFileSync(new URL(page, docs), 'utf8');
  return [...text.matchAll(/(?:^<!-- not run: (.*?) -->\n+)?^```(\w*)[^\n]*\n(.*?)^```$/gms)].map((match) => ({
    page,
    line: text.slice(0, match.index).split('\n').length,
    language: match[2] ?? '',
    code: match[3] ?? '',
    notRunBecause: match[1],
  }));
}
