import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { measureReads } from '../support/measure-reads.ts';

const database = await openTestDatabase();

test('receive of 100 touches as much of a million events as of 10,000', { timeout: 180_000 }, async () => {
  const few = await measureReads(database, 10_000, 'stale');
  const many = await measureReads(database, 1_000_000, 'stale');
  for (const [read, buffers] of Object.entries(many)) {
    expect(buffers, `${read}: ${JSON.stringify({ few, many })}`).toBeLessThan(few[read as keyof typeof few] * 1.5 + 50);
  }
});
