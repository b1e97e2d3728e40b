// Writes src/error-codes.generated.ts from the engine's registry of SQLSTATEs. With --check it only compares, and fails
// on a difference.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

interface RegisteredError {
  readonly code: string;
  readonly name: string;
  readonly meaning: string;
}

const target = new URL('../src/error-codes.generated.ts', import.meta.url);
const registry = fileURLToPath(import.meta.resolve('@pgque/sql/errors.json'));
const errors = JSON.parse(readFileSync(registry, 'utf8')) as RegisteredError[];

const text = `// Generated from sql/errors.json by scripts/generate-error-codes.ts.

/** The SQLSTATEs of the engine, by the name that \`PgqueError.code\` has for them. */
export const engineErrorCodes = {
${errors.map(({ code, name, meaning }) => `  /** ${meaning} */\n  ${name}: '${code}',`).join('\n')}
} as const;

/** A condition that the engine raises with a SQLSTATE of its own. */
export type EngineErrorCode = keyof typeof engineErrorCodes;
`;

if (!process.argv.includes('--check')) {
  writeFileSync(target, text);
} else if (readFileSync(target, 'utf8') !== text) {
  console.error(
    'src/error-codes.generated.ts is stale: run "node scripts/generate-error-codes.ts" in packages/client.',
  );
  process.exit(1);
}
