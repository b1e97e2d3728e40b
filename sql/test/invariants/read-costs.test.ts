import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { measureReads, type Statistics } from '../support/measure-reads.ts';

const database = await openTestDatabase();

test.each<Statistics>(['none', 'fresh', 'stale'])(
  'receive of 100 touches as much of 50,000 events as of 1,000, with statistics: %s',
  async (statistics) => {
    const few = await measureReads(database, 1000, statistics);
    const many = await measureReads(database, 50_000, statistics);
    for (const [read, buffers] of Object.entries(many)) {
      // An index of more levels costs a few buffers for each probe.
      expect(buffers, `${read}: ${JSON.stringify({ few, many })}`).toBeLessThan(
        few[read as keyof typeof few] * 1.5 + 50,
      );
      expect(buffers, `${read}: ${JSON.stringify(many)}`).toBeLessThan(600);
    }
  },
);
