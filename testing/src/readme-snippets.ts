import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

export interface RunSnippetOptions {
  /** The folder of the package whose README it is of. */
  readonly folder: URL;
  /** Of the database that the snippet means: its server and its password are found where `pg` looks for them. */
  readonly databaseUrl: string;
  readonly execArgv?: readonly string[];
  /** Where its standard output goes. @default 'inherit' */
  readonly stdout?: 'inherit' | 'ignore';
  /** For a program that runs until it is told to stop: when this has come true, it is. */
  readonly until?: () => Promise<unknown>;
}

export interface SnippetOutcome {
  readonly exitCode: number | null;
  /** What it has written to its standard error. */
  readonly errors: string;
}

/** The programs of a README: what is marked as `ts`. */
export function readSnippets(readme: string): string[] {
  return [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, snippet = '']) => snippet);
}

export function readReadme(folder: URL): string {
  return readFileSync(new URL('README.md', folder), 'utf8');
}

/** Runs a snippet as it stands, as a program of its own. */
export async function runSnippet(snippet: string, options: RunSnippetOptions): Promise<SnippetOutcome> {
  const { folder, databaseUrl, execArgv = [], stdout = 'inherit', until } = options;
  const { hostname, port, username, password } = new URL(databaseUrl);
  const flags = ['--conditions=@pgque/source', '--input-type=module-typescript', ...execArgv];
  const child = spawn(process.execPath, flags, {
    cwd: fileURLToPath(folder),
    env: {
      PATH: process.env['PATH'],
      PGHOST: hostname,
      PGPORT: port,
      PGUSER: username,
      PGPASSWORD: password,
      DATABASE_URL: databaseUrl,
    },
    stdio: ['pipe', stdout, 'pipe'],
  });
  child.stdin.end(snippet);
  const exited = once(child, 'exit');
  const errors = text(child.stderr);
  if (until) {
    try {
      // One that ends before its time never makes it true.
      await Promise.race([until(), exited]);
    } finally {
      child.kill('SIGTERM');
    }
  }
  const [exitCode] = (await exited) as [number | null];
  return { exitCode, errors: await errors };
}
