import { readdir } from 'node:fs/promises';
import { isMajor } from '@pgque/embedded';
import { closeAtEndOfFile, projectMajor } from '@pgque/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { BenchServer } from '../harness/bench-server.ts';
import type { Sample } from '../harness/results.ts';
import { runScenario } from '../harness/run.ts';
import { scenarios } from '../scenarios/index.ts';

test('a file of a scenario has its name, and each is in the index', async () => {
  const files = await readdir(new URL('../scenarios', import.meta.url));
  const names = files.filter((file) => file !== 'index.ts').map((file) => file.replace('.ts', ''));
  expect(names.toSorted()).toEqual(scenarios.map(({ name }) => name).toSorted());
});

test.each(scenarios)('$name: claims are about a metric and sides that it has', ({ metrics, sides, claims = [] }) => {
  const names = sides.map(({ name }) => name);
  for (const { judge } of claims) {
    expect(metrics.map(({ key }) => key)).toContain(judge.metric);
    expect(names).toContain(judge.own);
    if (judge.kind === 'ratio') expect(names).toContain(judge.other);
  }
});

describe('on a server, with tiny counts', () => {
  let server: BenchServer;

  beforeAll(async () => {
    const major = projectMajor();
    if (!isMajor(major)) throw new Error(`there is no PostgreSQL ${major}`);
    server = closeAtEndOfFile(await BenchServer.start(major, { durable: false }));
  });

  test.each(scenarios)('$name: every side has all values, or says why not', async (scenario) => {
    const samples: Sample[] = [];
    await runScenario(scenario, server, { scale: 'tiny', onSample: (sample) => samples.push(sample), stallMs: 10_000 });
    expect(samples.filter((sample) => sample.void !== undefined || sample.failed !== undefined)).toEqual([]);
    expect(new Set(samples.map(({ side }) => side))).toEqual(new Set(scenario.sides.map(({ name }) => name)));
    const known = new Set(scenario.metrics.map(({ key }) => key));
    for (const { values, notOffered } of samples) {
      if (values) for (const key of Object.keys(values)) expect(known).toContain(key);
      else expect(notOffered).not.toBe('');
    }
    expect(samples.some(({ values }) => values !== undefined)).toBe(true);
  });
});
