import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import { capabilities, opCapability, ops } from './protocol.ts';
import { type Case, scenarioSchema } from './scenario.ts';

const folder = fileURLToPath(new URL('../scenarios/', import.meta.url));

/** All cases, by the names of their files; an error names the file and what is wrong in it. */
export function loadScenarios(from = folder): Case[] {
  const files = readdirSync(from).filter((file) => file.endsWith('.yaml'));
  return files.sort().flatMap((file) => loadFile(join(from, file)));
}

function loadFile(file: string): Case[] {
  const text = readFileSync(file, 'utf8');
  const topic = basename(file, '.yaml');
  const promise = readPromise(text);
  if (promise === undefined) throw new Error(`${topic}: the first line must be a comment that says the promise`);
  const parsed = scenarioSchema.safeParse(parse(text));
  if (!parsed.success) throw new Error(`${topic} is not in the form of a scenario:\n${z.prettifyError(parsed.error)}`);
  const { level, requires, cases } = parsed.data;
  return Object.entries(cases).map(([name, each]) => {
    const full: Case = {
      ...each,
      name: `${topic}/${name}`,
      promise,
      level: each.level ?? level,
      requires: [...new Set([...requires, ...each.requires])],
    };
    verify(full);
    return full;
  });
}

/** The comment at the top, as one line. */
function readPromise(text: string): string | undefined {
  const lines = text.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('#'));
  if (end < 1) return undefined;
  return lines
    .slice(0, end)
    .map((line) => line.replace(/^#\s*/, ''))
    .join(' ');
}

/** What a case calls it must require: a driver without the capability is never asked. */
function verify({ name, requires, steps }: Case): void {
  for (const capability of requires) {
    if (!(capabilities as readonly string[]).includes(capability))
      throw new Error(`${name} requires ${capability}, which is no capability`);
  }
  for (const step of steps.flatMap((each) => ('repeat' in each ? each.steps : [each]))) {
    const op = 'call' in step ? step.call : 'until' in step && 'call' in step.until ? step.until.call : undefined;
    if (op === undefined) continue;
    if (!ops.has(op)) throw new Error(`${name} calls ${op}, which is no op`);
    const needed = opCapability(op);
    if (needed !== undefined && !requires.includes(needed))
      throw new Error(`${name} calls ${op} without requiring ${needed}`);
  }
}
