import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule, TestRunEndReason } from 'vitest/node';
import type { TestCounts } from './test-counts.ts';

/** Writes the counts of the run to the file in PGQUE_TEST_COUNTS, for `scripts/test.ts`. */
export class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[], reason: TestRunEndReason): void {
    const file = process.env['PGQUE_TEST_COUNTS'];
    if (!file) return;
    const counts = countTests(modules);
    // An error outside of any test, and a run that was cut short, must not look like success.
    counts.failed += unhandledErrors.length;
    if (reason !== 'passed' && counts.failed === 0) counts.failed = 1;
    writeFileSync(file, JSON.stringify(counts));
  }
}

function countTests(modules: readonly TestModule[]): TestCounts {
  const counts: TestCounts = { passed: 0, failed: 0, skipped: 0 };
  for (const module of modules) {
    const failedBefore = counts.failed;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      // Pending at the end: the file or a hook broke before the test could run.
      counts[state === 'pending' ? 'failed' : state] += 1;
    }
    // A file that cannot be loaded and a hook that fails have no failed test of their own.
    if (module.state() === 'failed' && counts.failed === failedBefore) counts.failed += 1;
  }
  return counts;
}
