// Writes docs/benchmarks.md from the newest evidence; with --check it fails when that is not what is there.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { renderDocs } from './render-docs.ts';

const file = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url));
const text = renderDocs();

if (!process.argv.includes('--check')) writeFileSync(file, text);
else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
  console.error('docs/benchmarks.md is not what the newest results say: run "pnpm --filter @pgque/benchmark docs".');
  process.exitCode = 1;
}
