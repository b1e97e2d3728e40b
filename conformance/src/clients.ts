import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import { findGo, runGo } from '../../packages/go/test/toolchain.ts';
import { openTools } from '../../packages/python/test/tools.ts';
import type { DriverCommand } from './driver-process.ts';
import { type Capability, capabilities } from './protocol.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

const clientsSchema = z.record(
  z.string().regex(/^[a-z-]+$/),
  z.strictObject({
    title: z.string(),
    toolchain: z.enum(['node', 'python', 'go']),
    command: z.array(z.string()).min(1),
    env: z.record(z.string(), z.string()).default({}),
    is: z.array(z.enum(['client', 'consumer'])),
    promises: z.array(z.enum(capabilities)),
  }),
);

export interface ClientEntry {
  readonly name: string;
  readonly title: string;
  readonly toolchain: string;
  /** Which tables of the matrix it is in. */
  readonly is: readonly ('client' | 'consumer')[];
  /** What must be declared. */
  readonly promises: readonly Capability[];
  readonly knownFailing: readonly KnownFailure[];
  /** Makes ready what the driver needs; `undefined` when this machine lacks the toolchain. */
  prepare(): Promise<DriverCommand | undefined>;
}

/** A case that a client is known to fail: run all the same, and wrong when it passes. */
export interface KnownFailure {
  readonly pattern: string;
  readonly code: string;
  readonly reason: string;
}

export function loadClients(): ClientEntry[] {
  const entries = clientsSchema.parse(parse(readFileSync(new URL('../clients.yaml', import.meta.url), 'utf8')));
  return Object.entries(entries).map(([name, { title, toolchain, command, env, is, promises }]) => ({
    name,
    title,
    toolchain,
    is,
    promises,
    knownFailing: readKnownFailing(name),
    async prepare() {
      const program = await toolchains[toolchain]();
      if (program === undefined) return undefined;
      const [file = '', ...args] = command.map((part) => part.replace(`{${toolchain}}`, program));
      return { file, args, cwd: root, env };
    },
  }));
}

/** Each makes its program ready at the first call. */
const toolchains = {
  node: once(async () => process.execPath),
  python: once(openTools),
  go: once(buildGoDriver),
};

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

async function buildGoDriver(): Promise<string | undefined> {
  const go = await findGo();
  if (go === undefined) return undefined;
  const program = `${root}node_modules/.cache/pgque-go/conformance`;
  const { exitCode, output } = await runGo(go, ['build', '-o', program, './conformance']);
  if (exitCode !== 0) throw new Error(`the driver in Go does not build:\n${output}`);
  return program;
}

/** Lines of `pattern code # reason`. */
function readKnownFailing(client: string): KnownFailure[] {
  const file = fileURLToPath(new URL(`../known-failing/${client}.txt`, import.meta.url));
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, pattern, code, reason] = /^(\S+)\s+(\S+)\s+#\s*(.+)$/.exec(line) ?? [];
      if (!pattern || !code || !reason)
        throw new Error(`known-failing/${client}.txt: "${line}" is not "pattern code # reason"`);
      return { pattern, code, reason };
    });
}
