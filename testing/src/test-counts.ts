/** What a test run came to; the last line of `npm test`. */
export interface TestCounts {
  passed: number;
  failed: number;
  skipped: number;
}

export function parseCounts(text: string): TestCounts {
  const { passed, failed, skipped } = JSON.parse(text) as Partial<TestCounts>;
  if (passed === undefined || failed === undefined || skipped === undefined) throw new Error('not a count of tests');
  return { passed, failed, skipped };
}
