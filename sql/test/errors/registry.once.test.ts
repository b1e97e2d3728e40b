import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

interface ErrorEntry {
  code: string;
  name: string;
  message: string;
  meaning: string;
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const sources = ['functions', 'schema', 'migrations']
  .flatMap((folder) =>
    readdirSync(root + folder, { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`),
  )
  .filter((path) => path.endsWith('.sql'))
  .map((path) => ({ path, text: readFileSync(root + path, 'utf8') }));
const registry: ErrorEntry[] = JSON.parse(readFileSync(new URL('../../errors.json', import.meta.url), 'utf8'));

/** In the registry, and raised by functions that are still to come. */
const planned: string[] = [];

/** Conditions of PostgreSQL itself that functions raise on purpose. */
const standard = ['serialization_failure', 'lock_not_available', 'duplicate_schema', 'out_of_memory'];

/** Raised and caught in one function, which rolls back a subtransaction with it; no caller sees it. */
const inner = ['QUTIC'];

/** Each raise statement with a message, up to the semicolon outside of strings. */
const raises = sources.flatMap(({ path, text }) => {
  const code = text.replaceAll(/--.*$/gm, '');
  return [...code.matchAll(/\braise exception\b(?:'[^']*'|[^';])*;/g)].map(([statement]) => ({ path, statement }));
});

const codes = raises.map(({ statement }) => /errcode = '([^']+)'/.exec(statement)?.[1]);

test('every raise is found, and names its SQLSTATE and a hint', () => {
  const words = sources.flatMap(({ text }) => text.replaceAll(/--.*$/gm, '').match(/\braise exception\b/g) ?? []);
  expect(words.length).toBeGreaterThan(20);
  expect(raises).toHaveLength(words.length);
  for (const { path, statement } of raises) {
    expect(statement, path).toMatch(/errcode = '/);
    expect(statement, path).toMatch(/hint = /);
  }
});

test('every SQLSTATE that is raised is in the registry', () => {
  const known = new Set([...registry.map(({ code }) => code), ...standard, ...inner]);
  expect(codes.filter((code) => code === undefined || !known.has(code))).toEqual([]);
});

test('what is raised inwardly is caught in the same file', () => {
  for (const code of inner) {
    for (const { path } of raises.filter(({ statement }) => statement.includes(code))) {
      const { text } = sources.find((source) => source.path === path) ?? { text: '' };
      expect(text, path).toContain(`exception when sqlstate '${code}' then`);
    }
  }
});

test('every entry of the registry is raised somewhere, or planned', () => {
  const unused = registry.map(({ code }) => code).filter((code) => !codes.includes(code));
  expect(unused.toSorted()).toEqual(planned.toSorted());
});

test('codes and names are unique, and codes keep out of the ranges of the standard and of PostgreSQL', () => {
  expect(new Set(registry.map(({ code }) => code)).size).toBe(registry.length);
  expect(new Set(registry.map(({ name }) => name)).size).toBe(registry.length);
  for (const { code, name, message, meaning } of registry) {
    expect(code).toMatch(/^[I-OQ-WZ6-9][0-9A-Z]{4}$/);
    expect(code).not.toMatch(/000$/);
    expect(name).toMatch(/^[a-z_]+$/);
    expect(message).not.toBe('');
    expect(meaning).toMatch(/\.$/);
  }
});

test('messages are short, begin in lower case, and end without a full stop', () => {
  for (const { statement } of raises) {
    const message = /(?:raise exception|message =) '((?:[^']|'')*)'/.exec(statement)?.[1] ?? '';
    expect(message).not.toBe('');
    expect(message).not.toMatch(/\.$/);
    if (!message.startsWith('Insert into queue disallowed')) expect(message).toMatch(/^[a-z%]/);
    expect(message.length).toBeLessThan(80);
  }
});
