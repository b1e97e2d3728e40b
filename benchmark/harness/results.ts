import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Facts } from './facts.ts';
import type { Point } from './scenario.ts';

/** One measurement at one point: its values, or why there are none. */
export interface Sample {
  readonly scenario: string;
  readonly major: number;
  readonly side: string;
  readonly round: number;
  readonly point: Point;
  /** `null` where nothing could be measured. */
  readonly values?: Readonly<Record<string, number | null>>;
  readonly notOffered?: string;
  readonly void?: string;
  readonly failed?: string;
}

export interface Results {
  readonly facts: Facts;
  readonly samples: readonly Sample[];
}

const factsFile = 'run.json';
const samplesFile = 'samples.jsonl';

export const resultsFolder = fileURLToPath(new URL('../results', import.meta.url));

/** Keeps the raw data as it comes: a run that is ended early keeps what it has measured. */
export class ResultsWriter {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, samplesFile), '');
  }

  writeFacts(facts: Facts): void {
    writeFileSync(join(this.folder, factsFile), `${JSON.stringify(facts, null, 2)}\n`);
  }

  append(sample: Sample): void {
    appendFileSync(join(this.folder, samplesFile), `${JSON.stringify(sample)}\n`);
  }
}

export function readResults(folder: string): Results {
  const lines = readFileSync(join(folder, samplesFile), 'utf8').split('\n').filter(Boolean);
  return {
    facts: JSON.parse(readFileSync(join(folder, factsFile), 'utf8')) as Facts,
    samples: lines.map((line) => JSON.parse(line) as Sample),
  };
}

/** The evidence that is committed: the newest full run. */
export function latestEvidence(parent = resultsFolder): string | undefined {
  if (!existsSync(parent)) return undefined;
  return readdirSync(parent)
    .filter((name) => existsSync(join(parent, name, factsFile)))
    .map((name) => ({ name, facts: JSON.parse(readFileSync(join(parent, name, factsFile), 'utf8')) as Facts }))
    .filter(({ facts }) => facts.isEvidence)
    .toSorted((a, b) => a.facts.date.localeCompare(b.facts.date))
    .at(-1)?.name;
}
