import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { renderDocs } from '../harness/render-docs.ts';
import { writeReport } from '../harness/write-report.ts';

const stored = fileURLToPath(new URL('fixtures/run', import.meta.url));
const parent = mkdtempSync(join(tmpdir(), 'pgque-report-'));
const folder = join(parent, 'run');
let report = '';
let files: readonly string[] = [];

beforeAll(async () => {
  cpSync(stored, folder, { recursive: true });
  await writeReport(folder);
  report = readFileSync(join(folder, 'report.md'), 'utf8');
  files = readdirSync(folder);
  return () => rmSync(parent, { recursive: true });
});

/** Cells of the first row that begins with these. */
function row(...begin: readonly string[]): readonly string[] {
  const rows = report.split('\n').filter((line) => line.startsWith('|'));
  const cells = rows.map((line) => line.split('|').slice(1, -1));
  const found = cells.find((cell) => begin.every((text, index) => cell[index]?.trim() === text)) ?? [];
  return found.map((cell) => cell.trim());
}

test('a side is the median of its rounds, and its ratio the median of the ratios of the rounds', () => {
  expect(row('PgQue', '7.2 (2.4 x)')).toHaveLength(2);
});

test('a claim is judged against what it must be and what it aims for', () => {
  expect(row('send in a server-side loop, against a bare INSERT into the same table')).toEqual([
    'send in a server-side loop, against a bare INSERT into the same table',
    '15',
    '2.4',
    '≤ 3',
    '≤ 2.2',
    'within',
  ]);
  expect(row('dead rows in all tables').slice(2)).toEqual(['0', '≤ 0', '', 'within']);
  expect(row('capacity at the end, against the start').slice(2)).toEqual(['0.9', '≥ 0.95', '', 'missed']);
});

test('what is not offered is no figure, and the reason is there', () => {
  expect(row('PGMQ', 'not offered')).toHaveLength(2);
  expect(report).toContain('- PGMQ, not offered: the server has no extension pgmq.');
});

test('one void round makes the side void, however good the others were', () => {
  expect(row('graphile-worker', 'void')).toEqual(['graphile-worker', 'void']);
  expect(report).toContain('- graphile-worker, void: 1 lost, 0 doubled of 1000.');
  expect(report).not.toMatch(/\*\*graphile-worker\*\* \(PostgreSQL/);
});

test('a side that failed says with what', () => {
  expect(row('graphile-worker', 'failed')).toHaveLength(2);
  expect(report).toContain('- graphile-worker, failed: it broke.');
});

test('where a peer is better stands by itself, but not what is within the noise', () => {
  expect(report).toContain(
    '**pg-boss** (PostgreSQL 15): p50 2.5 ms where PgQue has 5 ms, 2 times better (rate 100, consumers 1).',
  );
});

test('each chart of the report is there, with a line for each side', () => {
  const charts = [...report.matchAll(/\]\((.+\.svg)\)/g)].map(([, file]) => file);
  expect(charts.toSorted()).toEqual(files.filter((file) => file.endsWith('.svg')).toSorted());
  expect(charts).toContain('does-a-pinned-horizon-hurt-dead-pg15.svg');
  const chart = readFileSync(join(folder, 'does-a-pinned-horizon-hurt-dead-pg15.svg'), 'utf8');
  expect(chart).toMatch(/^<svg /);
  for (const side of ['PgQue', 'pg-boss']) expect(chart).toContain(`>${side}</text>`);
});

test('the same raw data give the same report and charts', async () => {
  const before = files.map((file) => readFileSync(join(folder, file), 'utf8'));
  await writeReport(folder);
  expect(readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'))).toEqual(before);
});

test('date, commit, machine class, settings and versions are there, and no name or path of the machine', () => {
  for (const text of [
    '2026-11-01',
    '0123456789ab',
    '2 cores',
    'Node 24.21.0',
    '15.20',
    'shared_buffers 1GB',
    '12.35.0',
  ]) {
    expect(report).toContain(text);
  }
  expect(report).not.toContain(hostname());
  expect(report).not.toContain(tmpdir());
});

test('the page of the documentation is made of the newest evidence', () => {
  const page = renderDocs(parent);
  expect(page).toContain('at commit 0123456789ab');
  expect(page).toContain('](../benchmark/results/run/does-a-pinned-horizon-hurt-dead-pg15.svg)');
});
