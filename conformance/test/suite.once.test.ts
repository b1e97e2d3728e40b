import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadClients } from '../src/clients.ts';
import { toJson } from '../src/json.ts';
import { loadScenarios } from '../src/load-scenarios.ts';
import { findDifference } from '../src/match.ts';
import { capabilities } from '../src/protocol.ts';
import { toJUnit, toTable } from '../src/report.ts';
import type { Result } from '../src/run-client.ts';
import { fits, selectCases } from '../src/select.ts';

const cases = loadScenarios();

test('every capability decides over a case', () => {
  const required = new Set(cases.flatMap(({ requires }) => requires));
  expect(capabilities.filter((capability) => !required.has(capability))).toEqual([]);
});

test('every client has a file of tests', () => {
  const files = readdirSync(new URL('clients/', import.meta.url)).sort();
  expect(files).toEqual(
    loadClients()
      .map(({ name }) => `${name}.once.test.ts`)
      .sort(),
  );
});

const broken = {
  'a file without a promise': ['level: required\nrequires: []\ncases: {}', /promise/],
  'a step that there is not': [scenario('- wait: 5'), /form of a scenario/],
  'an op that there is not': [scenario('- call: sleep'), /no op/],
  'an op that is not required': [scenario('- call: send'), /without requiring produce/],
  'a capability that there is not': [scenario('- tick: q', 'telepathy'), /no capability/],
  'a key that there is not': [
    `# A promise.\nlevel: required\nrequires: []\nmood: good\ncases: {}`,
    /form of a scenario/,
  ],
} as const;

test.for(Object.entries(broken))('%s is refused', ([, [text, reason]]) => {
  const folder = mkdtempSync(join(tmpdir(), 'pgque-scenarios-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'broken.yaml'), text);
  expect(() => loadScenarios(folder)).toThrow(reason);
});

function scenario(step: string, requires = ''): string {
  return `# A promise.\nlevel: required\nrequires: [${requires}]\ncases:\n  one:\n    steps:\n      ${step}`;
}

function titled(pairs: readonly (readonly [unknown, unknown])[]): (readonly [string, unknown, unknown])[] {
  return pairs.map(([actual, expected]) => [`${toJson(actual)} for ${toJson(expected)}`, actual, expected]);
}

test.for(
  titled([
    [{ a: 1, b: 2 }, { a: 1 }],
    [[1, 2], { $unordered: [2, 1] }],
    [9007199254740993n, 9007199254740993n],
    ['9007199254740993', { $id: null }],
    [{ state: 'working' }, { state: { $in: ['waiting', 'working'] } }],
    [[1, 2], { $length: 2 }],
    [null, { $not: 1 }],
  ]),
)('%s', ([, actual, expected]) => {
  expect(findDifference(actual, expected)).toBeUndefined();
});

test.for(
  titled([
    [{ a: 1 }, { a: 2 }],
    [[1, 2], [1]],
    [[1], [1, 2]],
    [[1, 2], { $unordered: [1, 1] }],
    [9007199254740993n, 9007199254740992n],
    [9007199254740992, '9007199254740992'],
    [undefined, null],
    [{ a: 1 }, { $not: { a: 1 } }],
  ]),
)('%s, which is refused', ([, actual, expected]) => {
  expect(findDifference(actual, expected)).toEqual(expect.any(String));
});

test('a pattern chooses a file, a case, or what has a word in its name', () => {
  expect(fits('nack/many-at-once', 'nack')).toBe(true);
  expect(fits('nack/many-at-once', 'nack/many*')).toBe(true);
  expect(fits('nack/many-at-once', '*once')).toBe(true);
  expect(fits('nack/many-at-once', 'nac')).toBe(false);
  expect(selectCases(cases, { level: 'required', scenarios: ['seek'] }).length).toBeGreaterThan(0);
  expect(selectCases(cases, { level: 'required' }).some(({ level }) => level !== 'required')).toBe(false);
});

test('results are told as a table and as JUnit', () => {
  const result: Result = {
    client: 'python',
    major: 15,
    name: 'nack/<one>',
    level: 'required',
    status: 'failed',
    reason: 'a "b" & c',
    durationMs: 1200,
  };
  expect(toTable([result])).toMatch(/python +15 +0 +1 +0 +0 +0 +1\.2/);
  expect(toJUnit([result])).toContain(
    '<testcase name="nack/&lt;one&gt;" time="1.2"><failure message="failed: a &quot;b&quot; &amp; c"/></testcase>',
  );
});

test('what a driver may do stands in its contract', () => {
  const contract = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  expect(capabilities.filter((capability) => !contract.includes(`\`${capability}\``))).toEqual([]);
});
